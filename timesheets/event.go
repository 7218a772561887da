package timesheets

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// PeriodEvent is something that was done to a period or to one of its entries alone.
type PeriodEvent struct {
	ID         string    `json:"id"`
	PeriodID   string    `json:"period_id"`
	EntryID    *string   `json:"entry_id"` // nil: the whole period
	Kind       string    `json:"kind"`     // submitted, withdrawn, approved, rejected, reopened or reopening_requested
	Submission int       `json:"submission"`
	ByUser     string    `json:"by" gorm:"column:by_user"` // a person's id
	OnBehalfOf *string   `json:"on_behalf_of"`
	Client     string    `json:"client"` // client_id of the application
	Comment    string    `json:"comment"`
	At         time.Time `json:"at"`
}

// TableName has a row for each.
func (PeriodEvent) TableName() string { return "period_events" }

// happened is what is told of each action that is an event.
var happened = map[Action]string{
	Submit: "submitted", Withdraw: "withdrawn", Approve: string(Approved), Reject: string(Rejected), Reopen: "reopened",
	RequestReopening: "reopening_requested",
}

// tell writes the event down, if the action is one.
func (p *periodRow) tell(tx *gorm.DB, by auth.Caller, action Action, entry *string, comment string, at time.Time) error {
	kind, told := happened[action]
	if !told {
		return nil
	}
	e := PeriodEvent{
		ID: uuid.Must(uuid.NewV7()).String(), PeriodID: p.ID, EntryID: entry, Kind: kind, Submission: p.Submissions,
		ByUser: by.User, OnBehalfOf: p.inPlaceOf, Client: by.Client, Comment: comment, At: at,
	}
	if err := tx.Create(&e).Error; err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if action != Approve && action != Reject {
		return nil
	}
	p.DecisionID = &e.ID
	if err := tx.Exec("UPDATE periods SET decision_id = ? WHERE id = ?", e.ID, p.ID).Error; err != nil {
		return fmt.Errorf("note the decision: %w", err)
	}
	return nil
}

// EventQuery asks for what was done to a period, the latest first.
type EventQuery struct {
	Paging
	ID string `path:"id" json:"-"`
}

// Validate says everything that is wrong with the query.
func (q EventQuery) Validate() error {
	var c check
	c.paging(q.Paging)
	return c.fault()
}

// Events lists a page of what was done to a period that the caller may see.
func (s *Service) Events(ctx context.Context, by auth.Caller, q EventQuery) (Page[PeriodEvent], error) {
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	period, err := periodNamed(ctx, tx, by, q.ID)
	if err != nil {
		return Page[PeriodEvent]{}, err
	}
	return turn(s, by, period.ID, p, list[PeriodEvent]{
		all:   tx.Model(&PeriodEvent{}).Where("period_id = ?", period.ID).Session(&gorm.Session{}),
		order: "period_id DESC, id DESC",
		after: "(period_id, id) < (?, ?)",
		keys:  func(e PeriodEvent) []string { return []string{e.PeriodID, e.ID} },
		read: func(rows *gorm.DB) ([]PeriodEvent, error) {
			events := []PeriodEvent{}
			err := rows.Find(&events).Error
			for i := range events {
				events[i].At = events[i].At.UTC()
			}
			return events, err
		},
	})
}
