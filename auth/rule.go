package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth/lang"
	"punchcard/auth/rules"
)

// NewRule is one rule: a JavaScript function (user, context, callback) that runs where tokens are issued for a person.
type NewRule struct {
	Name    string // by which it is known when it is provisioned again
	Source  string // 64 KiB at most
	Enabled bool
}

// rule is a rule as it is kept.
type rule struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	Source    string
	Enabled   bool
	Position  int
	CreatedAt time.Time
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

// Bounds of what runs at every issue of a token.
const (
	maxRules      = 50
	maxRuleSource = 64 << 10 // bytes
)

func (r NewRule) check(m *mistakes, i int) {
	m.unless(strings.TrimSpace(r.Name) != "" && len(r.Name) <= 100, lang.Say("must be a name of 1 to 100 bytes"), "/rules/%d/name", i)
	m.unless(strings.TrimSpace(r.Source) != "" && len(r.Source) <= maxRuleSource && utf8.ValidString(r.Source) && !strings.ContainsRune(r.Source, 0),
		lang.Say("must hold a JavaScript function (user, context, callback) of 64 KiB at most"), "/rules/%d/file", i)
}

// compileRules lets the rules process compile what is to be kept, so that an administrator hears of a slip now rather than
// everybody at their next sign-in.
func (s *Server) compileRules(ctx context.Context, list []NewRule) error {
	for i, r := range list {
		err := s.rules.Compile(ctx, rules.Rule{Name: r.Name, Source: r.Source})
		if failed, ok := errors.AsType[*rules.Failed](err); ok {
			return &Mistake{fmt.Sprintf("/rules/%d/file", i), lang.Say("can't be used: %s", failed.Message)}
		}
		if err != nil {
			return fmt.Errorf("compile rules: %w", err)
		}
	}
	return nil
}

// putRules keeps the rules. Those that are named come first, in the order in which they are; the others follow as they did.
func putRules(tx *gorm.DB, n *news, named []NewRule) error {
	if len(named) == 0 {
		return nil
	}
	var known []rule
	if err := tx.Order("position, id").Find(&known).Error; err != nil {
		return fmt.Errorf("read rules: %w", err)
	}
	ordered := make([]rule, 0, len(known)+len(named))
	for _, r := range named {
		row := rule{ID: "rul_" + uuid.Must(uuid.NewV7()).String(), Name: r.Name, CreatedAt: n.now, UpdatedAt: n.now}
		if i := slices.IndexFunc(known, func(k rule) bool { return k.Name == r.Name }); i >= 0 {
			row = known[i]
			known = slices.Delete(known, i, i+1)
		}
		if row.Source != r.Source || row.Enabled != r.Enabled {
			row.Source, row.Enabled, row.UpdatedAt = r.Source, r.Enabled, n.now
		}
		ordered = append(ordered, row)
	}
	ordered = append(ordered, known...)
	if len(ordered) > maxRules {
		return &Mistake{"/rules", lang.Say("would make %d rules with those that there are; %d is the most", len(ordered), maxRules)}
	}
	for i, row := range ordered {
		row.Position = i + 1
		if err := tx.Save(&row).Error; err != nil {
			return fmt.Errorf("keep rule: %w", err)
		}
	}
	return nil
}

// running are the enabled rules in their order.
func running(all []rule) []rules.Rule {
	slices.SortFunc(all, func(a, b rule) int { return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID)) })
	var list []rules.Rule
	for _, r := range all {
		if r.Enabled {
			list = append(list, rules.Rule{Name: r.Name, Source: r.Source})
		}
	}
	return list
}
