package timesheets

import (
	"fmt"

	"gorm.io/gorm"
)

// keptEntry is an entry without what depends on who looks at it, and without anybody's name.
type keptEntry struct {
	Entry
	LockedReason   *string `json:"locked_reason,omitempty"`
	AllowedActions *string `json:"allowed_actions,omitempty"`
}

func (e Entry) kept() keptEntry { return keptEntry{Entry: e} }

func entryDeed(action Action, before, after Entry) deed {
	d := deed{Action: "timesheet." + action.past(), Owner: after.UserID, Object: after.ID, Before: before.kept()}
	if action != Delete {
		d.After = after.kept()
	}
	return d
}

// keptPeriod is a period as keptEntry is an entry, with how each of its lines stands.
type keptPeriod struct {
	Period
	LockedReason   *string    `json:"locked_reason,omitempty"`
	AllowedActions *string    `json:"allowed_actions,omitempty"`
	Lines          []keptLine `json:"lines"`
}

type keptLine struct {
	ID       string `json:"id"` // of the entry
	State    State  `json:"state"`
	Comment  string `json:"comment,omitempty"`
	Revision int64  `json:"revision"`
}

// kept is the period, with its lines as they are at this moment of the write.
func (p Period) kept(tx *gorm.DB) (keptPeriod, error) {
	k := keptPeriod{Period: p, Lines: []keptLine{}}
	if err := p.row.lines(tx).Select("id, state, comment, revision").Order("date, id").Scan(&k.Lines).Error; err != nil {
		return k, fmt.Errorf("read how the lines stand: %w", err)
	}
	return k, nil
}

// periodDeed is what was done to a period. That never changes how much is expected in it or missing, which is known of after.
func periodDeed(action Action, before, after keptPeriod) deed {
	before.ExpectedMinutes, before.MissingMinutes = after.ExpectedMinutes, after.MissingMinutes
	return deed{Action: "period." + action.past(), Owner: after.UserID, Object: after.ID, Before: before, After: after}
}

// past is what was done, in the names of deeds.
func (a Action) past() string {
	if kind, told := happened[a]; told {
		return kind
	}
	return string(a) + "d" // updated, deleted
}
