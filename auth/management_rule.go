package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth/rules"
)

// RuleScript is a rule as administrators see it.
type RuleScript struct {
	ID      string `json:"id"` // rul_…
	Name    string `json:"name"`
	Script  string `json:"script"`
	Order   int    `json:"order"` // the smallest runs first
	Enabled bool   `json:"enabled"`
	Stage   string `json:"stage"` // login_success: there is no other
}

func (r rule) shown() RuleScript {
	return RuleScript{ID: r.ID, Name: r.Name, Script: r.Source, Order: r.Position, Enabled: r.Enabled, Stage: onlyStage}
}

const onlyStage = "login_success"

// RuleQuery asks for rules.
type RuleQuery struct {
	Paging
	Enabled *bool `query:"enabled"`
}

// Rules lists rules in their order: GET /api/v2/rules.
func (s *Server) Rules(ctx context.Context, _ Caller, q RuleQuery) (List[RuleScript], error) {
	query := s.db.Read(ctx).Model(&rule{}).Order("position, id")
	if q.Enabled != nil {
		query = query.Where("enabled = ?", *q.Enabled)
	}
	return pageOf(query, "rules", q.Paging, rule.shown)
}

// RuleRef names a rule.
type RuleRef struct {
	ID string `path:"id"`
}

var noSuchRule = unknown("inexistent_rule", "The rule does not exist.")

func (ref RuleRef) read(db *gorm.DB) (found rule, err error) {
	err = db.Where("id = ?", ref.ID).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return found, noSuchRule
	}
	if err != nil {
		return found, fmt.Errorf("read rule: %w", err)
	}
	return found, nil
}

// Rule shows one rule: GET /api/v2/rules/{id}.
func (s *Server) Rule(ctx context.Context, _ Caller, ref RuleRef) (RuleScript, error) {
	found, err := ref.read(s.db.Read(ctx))
	return found.shown(), err
}

// RuleFields are what can be said of a rule. What is null or left out stays as it is.
type RuleFields struct {
	Name    *string `json:"name"`
	Script  *string `json:"script"`
	Order   *int    `json:"order"`
	Enabled *bool   `json:"enabled"`
}

// RuleChange changes what is given of a rule.
type RuleChange struct {
	RuleRef
	RuleFields
}

// NewRuleScript is a rule to make: enabled and after all others, unless it says otherwise.
type NewRuleScript struct {
	RuleFields
	Stage string `json:"stage"`
}

// Validate says what is wrong with it.
func (f RuleFields) Validate() error {
	switch {
	case f.Name != nil && (strings.TrimSpace(*f.Name) == "" || len(*f.Name) > 100):
		return unfit("'name' must be 1 to 100 bytes")
	case f.Script != nil && (strings.TrimSpace(*f.Script) == "" || len(*f.Script) > maxRuleSource || !utf8.ValidString(*f.Script)):
		return unfit("'script' must hold a JavaScript function (user, context, callback) of 64 KiB at most")
	case f.Order != nil && (*f.Order < 1 || *f.Order > 1_000_000):
		return unfit("'order' must be 1 to 1000000")
	}
	return nil
}

// Validate says what is wrong with it.
func (n NewRuleScript) Validate() error {
	switch {
	case n.Name == nil || n.Script == nil:
		return unfit("'name' and 'script' are needed")
	case n.Stage != "" && n.Stage != onlyStage:
		return unfit("'stage' must be %s", onlyStage)
	}
	return n.RuleFields.Validate()
}

// compiles lets the rules process read a script before it is kept, so that its author hears of a slip and nobody else does.
func (s *Server) compiles(ctx context.Context, f RuleFields) error {
	if f.Script == nil {
		return nil
	}
	err := s.rules.Compile(ctx, rules.Rule{Name: cmp.Or(deref(f.Name), "rule"), Source: *f.Script})
	if failed, ok := errors.AsType[*rules.Failed](err); ok {
		return unfit("'script' can't be used: %s", failed.Message)
	}
	return err
}

// CreateRule makes a rule, which runs at the very next sign-in: POST /api/v2/rules.
func (s *Server) CreateRule(ctx context.Context, by Caller, n NewRuleScript) (RuleScript, error) {
	if err := s.compiles(ctx, n.RuleFields); err != nil {
		return RuleScript{}, err
	}
	var made rule
	err := s.administer(ctx, by, "Create a rule", func(tx *gorm.DB, news *news) (act, error) {
		made = rule{ID: "rul_" + uuid.Must(uuid.NewV7()).String(), Enabled: true, CreatedAt: news.now, UpdatedAt: news.now}
		var all []rule
		if err := tx.Find(&all).Error; err != nil {
			return act{}, fmt.Errorf("read rules: %w", err)
		}
		if len(all) >= maxRules {
			return act{}, denied(http.StatusForbidden, "rules_limit", "There are %d rules, which is the most.", maxRules)
		}
		for _, r := range all {
			made.Position = max(made.Position, r.Position+1)
		}
		made.Position = max(made.Position, 1)
		if err := n.put(tx, &made); err != nil {
			return act{}, err
		}
		return act{of: made.ID, after: made.shown()}, news.tell("policy", "")
	})
	return made.shown(), err
}

// UpdateRule changes a rule: PATCH /api/v2/rules/{id}.
func (s *Server) UpdateRule(ctx context.Context, by Caller, change RuleChange) (RuleScript, error) {
	if err := s.compiles(ctx, change.RuleFields); err != nil {
		return RuleScript{}, err
	}
	var now rule
	err := s.administer(ctx, by, "Update a rule", func(tx *gorm.DB, n *news) (act, error) {
		before, err := change.read(tx)
		if err != nil {
			return act{}, err
		}
		now = before
		now.UpdatedAt = n.now
		if err := change.put(tx, &now); err != nil {
			return act{}, err
		}
		return act{of: now.ID, before: before.shown(), after: now.shown()}, n.tell("policy", "")
	})
	return now.shown(), err
}

// put changes and keeps a rule. No two have the same name or the same place.
func (f RuleFields) put(tx *gorm.DB, r *rule) error {
	if f.Name != nil {
		r.Name = *f.Name
	}
	if f.Script != nil {
		r.Source = *f.Script
	}
	if f.Enabled != nil {
		r.Enabled = *f.Enabled
	}
	if f.Order != nil {
		r.Position = *f.Order
	}
	var others int64
	if err := tx.Model(&rule{}).Where("position = ? AND id <> ?", r.Position, r.ID).Count(&others).Error; err != nil {
		return fmt.Errorf("read rules: %w", err)
	}
	if f.Order != nil && others > 0 {
		return taken("A rule with the same order already exists.")
	}
	err := tx.Save(r).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return taken("A rule with the same name already exists.")
	}
	if err != nil {
		return fmt.Errorf("keep rule: %w", err)
	}
	return nil
}

// DeleteRule removes a rule: DELETE /api/v2/rules/{id}. To delete one that isn't there is no mistake.
func (s *Server) DeleteRule(ctx context.Context, by Caller, ref RuleRef) error {
	err := s.administer(ctx, by, "Delete a rule", func(tx *gorm.DB, n *news) (act, error) {
		before, err := ref.read(tx)
		if err != nil {
			return act{}, err
		}
		if err := tx.Delete(&before).Error; err != nil {
			return act{}, fmt.Errorf("delete rule: %w", err)
		}
		return act{of: before.ID, before: before.shown()}, n.tell("policy", "")
	})
	if errors.Is(err, noSuchRule) {
		return nil
	}
	return err
}
