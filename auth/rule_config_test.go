package auth

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// configure gives the rules a configuration, as a provisioning file does.
func (w *world) configure(all map[string]string) error {
	return w.server.Apply(w.Context(), Directory{RuleConfigs: all}, nil)
}

func TestRulesFindTheirConfiguration(t *testing.T) {
	const secret = "a secret for the CRM"
	w := newRuledWorld(t, `function (u, c, done) {
		console.log('the CRM takes', configuration.CRM_KEY);
		if (u.email.split('@')[1] !== configuration.DOMAIN) return done(new UnauthorizedError('not of ' + configuration.DOMAIN));
		c.accessToken['https://x.example/key'] = configuration.CRM_KEY.length;
		done(null, u, c); }`)
	if err := w.configure(map[string]string{"DOMAIN": "example.com", "CRM_KEY": secret}); err != nil {
		t.Fatal(err)
	}
	if claims := claimsOf(t, w.issued("ada@example.com").json()["access_token"]); claims["https://x.example/key"] != float64(len(secret)) {
		t.Errorf("the token has %v", claims)
	}
	if err := w.configure(map[string]string{"DOMAIN": "example.org"}); err != nil {
		t.Fatal(err)
	}
	a := w.browser().asks("ada@example.com")
	sentBack(t, a, "access_denied")
	if words := a.location().Query().Get("error_description"); words != "not of example.org" {
		t.Errorf("it says %q", words)
	}
	if log := w.log.String(); strings.Contains(log, secret) || !strings.Contains(log, "the CRM takes [CRM_KEY]") {
		t.Errorf("the log is %s", log)
	}
}

func TestTheConfigurationIsEncryptedAtRest(t *testing.T) {
	w := newWorld(t)
	const secret = "a secret for the CRM"
	if err := w.configure(map[string]string{"A": secret, "B": secret}); err != nil {
		t.Fatal(err)
	}
	var rows []ruleConfig
	w.db.Read(t.Context()).Order("key").Find(&rows)
	if len(rows) != 2 || rows[0].Value == rows[1].Value || strings.Contains(rows[0].Value, secret) {
		t.Fatalf("the database has %v", rows)
	}
	if got := string(w.open().policy.Load().ruleConfigs); got != `{"A":"`+secret+`","B":"`+secret+`"}` {
		t.Errorf("after a restart it is %s", got)
	}
	t.Run("with another secret it can't be read", func(t *testing.T) {
		_, err := New(t.Context(), w.db, Settings{Issuer: issuer, Secret: bytes.Repeat([]byte("x"), 32), Log: slog.New(slog.DiscardHandler)})
		if !errors.Is(err, ErrWrongSecret) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a value is good under its own key alone", func(t *testing.T) {
		rows[1].Value = rows[0].Value
		err := w.db.Write(t.Context(), func(tx *gorm.DB) error { return tx.Save(&rows[1]).Error })
		if err != nil {
			t.Fatal(err)
		}
		if err := w.server.loadPolicy(t.Context()); !errors.Is(err, ErrWrongSecret) {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheConfigurationIsChangedByKey(t *testing.T) {
	w := newWorld(t)
	change := func(fn func(tx *gorm.DB, n *news) error) {
		t.Helper()
		if err := w.server.change(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	put := func(key, value string) {
		t.Helper()
		change(func(tx *gorm.DB, n *news) error { return w.server.putRuleConfig(tx, n, key, value) })
	}
	updated := func(key string) time.Time {
		var row ruleConfig
		w.db.Read(t.Context()).Where("key = ?", key).Take(&row)
		return row.UpdatedAt
	}
	put("B", "1")
	put("A", "2")
	first := updated("B")
	w.clock.move(time.Hour)
	put("B", "1")
	if at := updated("B"); !at.Equal(first) {
		t.Errorf("what stayed as it was is of %s", at)
	}
	put("B", "3")
	if at := updated("B"); !at.Equal(first.Add(time.Hour)) {
		t.Errorf("what changed is of %s", at)
	}
	keys, err := ruleConfigKeys(w.db.Read(t.Context()))
	if diff := cmp.Diff([]string{"A", "B"}, keys); diff != "" || err != nil {
		t.Error(diff, err)
	}
	change(func(tx *gorm.DB, n *news) error { return deleteRuleConfig(tx, n, "A") })
	change(func(tx *gorm.DB, n *news) error { return deleteRuleConfig(tx, n, "A") })
	if got := string(w.server.policy.Load().ruleConfigs); got != `{"B":"3"}` {
		t.Errorf("what stays is %s", got)
	}
}

func TestMistakesInTheConfigurationOfRules(t *testing.T) {
	w := newWorld(t)
	many := map[string]string{}
	for i := range maxRuleConfigs {
		many["K"+strconv.Itoa(i)] = "secret"
	}
	more := map[string]string{"MORE": "secret"}
	for key, value := range many {
		more[key] = value
	}
	for _, c := range []struct {
		name string
		all  map[string]string
		want string
	}{
		{"a key with a dash", map[string]string{"A-B": "secret"}, "/rule_configs/A-B: is no key"},
		{"no key", map[string]string{"": "secret"}, "/rule_configs/: is no key"},
		{"a long key", map[string]string{strings.Repeat("k", 128): "secret"}, "/rule_configs/kk"},
		{"a letter beyond ASCII", map[string]string{"\u017f": "secret"}, "/rule_configs/\u017f: is no key"},
		{"a line after the key", map[string]string{"A\n": "secret"}, "/rule_configs/A\n: is no key"},
		{"no value", map[string]string{"A": ""}, "/rule_configs/A: must be a text of 1 to 4096 bytes"},
		{"a long value", map[string]string{"A": strings.Repeat("secret", 700)}, "/rule_configs/A: must be a text"},
		{"too many", more, "/rule_configs: has 101 values; 100 is the most"},
	} {
		err := w.configure(c.all)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	if err := w.configure(many); err != nil {
		t.Fatal(err)
	}
	if err := w.configure(map[string]string{"MORE": "secret"}); err == nil || !strings.HasPrefix(err.Error(), "/rule_configs: would make more than 100") {
		t.Errorf("one more: got %v", err)
	}
	keys, err := ruleConfigKeys(w.db.Read(t.Context()))
	if err != nil || len(keys) != maxRuleConfigs || slices.Contains(keys, "MORE") {
		t.Errorf("there are %d keys, %v", len(keys), err)
	}
}
