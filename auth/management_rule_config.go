package auth

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"gorm.io/gorm"
)

// RuleConfigKey is the name of a value that rules find in their configuration. The value itself is told to nobody.
type RuleConfigKey struct {
	Key string `json:"key"`
}

// RuleConfigs lists the keys of the configuration of rules: GET /api/v2/rules-configs.
func (s *Server) RuleConfigs(ctx context.Context, _ Caller, _ struct{}) ([]RuleConfigKey, error) {
	keys, err := ruleConfigKeys(s.db.Read(ctx))
	list := []RuleConfigKey{}
	for _, key := range keys {
		list = append(list, RuleConfigKey{key})
	}
	return list, err
}

// RuleConfigRef names a value.
type RuleConfigRef struct {
	Key string `path:"key"`
}

// RuleConfigChange sets a value.
type RuleConfigChange struct {
	RuleConfigRef
	Value string `json:"value"`
}

// Validate says what is wrong with it, without the value.
func (c RuleConfigChange) Validate() error {
	var m mistakes
	checkRuleConfigs(&m, map[string]string{c.Key: c.Value})
	if len(m) > 0 {
		return unfit("'%s' %s", c.Key, m[0].Detail)
	}
	return nil
}

// RuleConfigValue is a value as whoever set it is told.
type RuleConfigValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// SetRuleConfig gives rules a value: PUT /api/v2/rules-configs/{key}.
func (s *Server) SetRuleConfig(ctx context.Context, by Caller, c RuleConfigChange) (RuleConfigValue, error) {
	err := s.administer(ctx, by, "Set a rules-config", func(tx *gorm.DB, n *news) (act, error) {
		keys, err := ruleConfigKeys(tx)
		if err != nil {
			return act{}, err
		}
		a := act{of: c.Key, after: RuleConfigKey(c.RuleConfigRef)}
		if slices.Contains(keys, c.Key) {
			a.before = RuleConfigKey{c.Key}
		}
		err = s.putRuleConfig(tx, n, c.Key, c.Value)
		if mistake, ok := errors.AsType[*Mistake](err); ok {
			return act{}, denied(http.StatusForbidden, "rules_configs_limit", "The configuration of rules %s", mistake.Detail)
		}
		return a, err
	})
	return RuleConfigValue{c.Key, c.Value}, err
}

// DeleteRuleConfig takes a value away: DELETE /api/v2/rules-configs/{key}. To delete one that isn't there is no mistake.
func (s *Server) DeleteRuleConfig(ctx context.Context, by Caller, ref RuleConfigRef) error {
	return s.administer(ctx, by, "Delete a rules-config", func(tx *gorm.DB, n *news) (act, error) {
		return act{of: ref.Key, before: RuleConfigKey(ref)}, deleteRuleConfig(tx, n, ref.Key)
	})
}
