package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// ruleConfig is one value that administrators give to rules, such as a password of another service: rules find it as
// configuration.KEY. The database has it encrypted, and whoever asks for the configuration is told its keys alone.
type ruleConfig struct {
	Key       string    `gorm:"primaryKey"`
	Value     string    // AES-256-GCM, base64
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

// Bounds of what every run of rules is given.
const (
	maxRuleConfigs = 100
	maxRuleConfig  = 4 << 10 // bytes of a value
)

var ruleConfigKey = regexp.MustCompile(`^[A-Za-z0-9_]{1,127}$`)

func checkRuleConfigs(m *mistakes, all map[string]string) {
	m.unless(len(all) <= maxRuleConfigs, lang.Say("has %d values; %d is the most", len(all), maxRuleConfigs), "/rule_configs")
	for _, key := range sortedNames(all) {
		m.unless(ruleConfigKey.MatchString(key),
			lang.Say("is no key: it must have 1 to 127 letters, digits and underscores"), "/rule_configs/%s", key)
		m.unless(all[key] != "" && len(all[key]) <= maxRuleConfig, lang.Say("must be a text of 1 to 4096 bytes"), "/rule_configs/%s", key)
	}
}

func (s *Server) putRuleConfigs(tx *gorm.DB, n *news, all map[string]string) error {
	for _, key := range sortedNames(all) {
		if err := s.putRuleConfig(tx, n, key, all[key]); err != nil {
			return err
		}
	}
	return nil
}

// putRuleConfig keeps a value, which was checked. One that is there already stays as it is.
func (s *Server) putRuleConfig(tx *gorm.DB, n *news, key, value string) error {
	var known ruleConfig
	err := tx.Where("key = ?", key).Take(&known).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		var others int64
		if err := tx.Model(&ruleConfig{}).Count(&others).Error; err != nil {
			return fmt.Errorf("count the configuration of rules: %w", err)
		}
		if others >= maxRuleConfigs {
			return &Mistake{"/rule_configs", lang.Say("would make more than %d values with those that there are", maxRuleConfigs)}
		}
	case err != nil:
		return fmt.Errorf("read the configuration of rules: %w", err)
	default:
		before, err := known.open(s.secrets.configs)
		if err != nil || before == value {
			return err
		}
	}
	row := ruleConfig{Key: key, UpdatedAt: n.now}
	if row.Value, err = seal(s.secrets.configs, []byte(value), key); err != nil {
		return err
	}
	if err := tx.Save(&row).Error; err != nil {
		return fmt.Errorf("keep the configuration of rules: %w", err)
	}
	return n.tell("policy", "")
}

// deleteRuleConfig forgets a value. That there is none is no error.
func deleteRuleConfig(tx *gorm.DB, n *news, key string) error {
	if err := tx.Delete(&ruleConfig{}, "key = ?", key).Error; err != nil {
		return fmt.Errorf("forget a value of the configuration of rules: %w", err)
	}
	return n.tell("policy", "")
}

// ruleConfigKeys are the keys of the configuration, in their order.
func ruleConfigKeys(db *gorm.DB) ([]string, error) {
	keys := []string{}
	if err := db.Model(&ruleConfig{}).Order("key").Pluck("key", &keys).Error; err != nil {
		return nil, fmt.Errorf("read the keys of the configuration of rules: %w", err)
	}
	return keys, nil
}

func (r *ruleConfig) open(sealing []byte) (string, error) {
	value, err := unseal(sealing, r.Value, r.Key)
	return string(value), err
}

// configured is the configuration as rules are given it.
func configured(rows []ruleConfig, sealing []byte) (json.RawMessage, error) {
	all := map[string]string{}
	for _, row := range rows {
		value, err := row.open(sealing)
		if err != nil {
			return nil, err
		}
		all[row.Key] = value
	}
	return json.Marshal(all)
}
