package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// EntryChange is a merge patch (RFC 7386) of an entry. The whole that comes of it must be as good as a new entry.
type EntryChange struct {
	ID           string          `path:"id" json:"-"`
	Revision     *int64          `match:"required" json:"-"` // the revision that the caller saw
	Date         Patch[string]   `json:"date"`
	Minutes      Patch[int]      `json:"minutes"`
	Hours        Patch[float64]  `json:"hours"`
	Start        Patch[string]   `json:"start"`
	End          Patch[string]   `json:"end"`
	BreakMinutes Patch[int]      `json:"break_minutes"`
	ProjectID    Patch[string]   `json:"project_id"`
	Task         Patch[string]   `json:"task"`
	Tags         Patch[[]string] `json:"tags"`
	Note         Patch[string]   `json:"note"`
	Billable     Patch[bool]     `json:"billable"` // null: as the project is
}

// Change edits an entry that is a draft or was rejected. A rejected entry stays so until it is submitted again.
func (s *Service) Change(ctx context.Context, by auth.Caller, c EntryChange) (Entry, error) {
	return s.move(ctx, by, EntryRef{c.ID, c.Revision}, Update, func(tx *gorm.DB, e *Entry) error {
		n := c.over(*e)
		if err := n.Validate(); err != nil {
			return err
		}
		e.editedBy = by.Subject()
		_, err := e.fill(ctx, tx, n)
		return err
	})
}

// over is the entry as it would be said with the change.
func (c EntryChange) over(e Entry) NewEntry {
	n := e.said()
	n.Date = c.Date.overValue(n.Date)
	n.Start = c.Start.over(n.Start)
	n.End = c.End.over(n.End)
	n.BreakMinutes = c.BreakMinutes.overValue(n.BreakMinutes)
	n.ProjectID = c.ProjectID.overValue(n.ProjectID)
	n.Task = c.Task.overValue(n.Task)
	n.Tags = c.Tags.overValue(n.Tags)
	n.Note = c.Note.overValue(n.Note)
	n.Billable = c.Billable.over(n.Billable)
	if c.saysHowLong(n) {
		n.Minutes, n.Hours = c.Minutes.Value, c.Hours.Value
	}
	return n
}

// saysHowLong reports whether the change replaces the minutes: by themselves, as hours, or by moving start, end or break
// of an entry that has them.
func (c EntryChange) saysHowLong(n NewEntry) bool {
	moved := c.Start.Set || c.End.Set || c.BreakMinutes.Set
	return c.Minutes.Set || c.Hours.Set || moved && n.Start != nil && n.End != nil
}
