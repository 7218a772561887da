package timesheets

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
)

// ground is what an entry stands on when it is written, read in one statement: its owner, its project, the rest of its
// day, and the organization's settings.
type ground struct {
	owner           string // a name
	ownerBlocked    bool
	project         *string // a name; nil: there is no such project
	projectClosed   bool
	projectBillable bool
	tasks           string // of a project that takes no others, as JSON; empty: it takes any
	membersOnly     bool
	member          *bool // whether the owner is a member of such a project; nil: they never were
	submitOnCreate  bool
	restOfDay       int     // minutes of the person's other entries of that day
	overlapped      *string // the first of them that shares time by the clock, in words
	closing         closing
	nextPeriod      string    // the first day of the next one that has a row
	period          periodRow // its name, its days and whether it is live
}

const groundQuery = `
SELECT owner.name, owner.blocked,
	projects.name, COALESCE(projects.closed, FALSE), COALESCE(projects.billable, FALSE),
	CASE WHEN projects.tasks_only THEN projects.tasks ELSE '' END, COALESCE(projects.members_only, FALSE),
	CASE WHEN projects.members_only THEN
		(SELECT active FROM project_members WHERE user_id = owner.id AND project_id = projects.id) END,
	COALESCE(organization.submit_on_create, FALSE),
	COALESCE(periods.id, ''), COALESCE(periods.start_day, ''), COALESCE(periods.end_day, ''),
	COALESCE(periods.live, FALSE),
	COALESCE((SELECT MIN(start_day) FROM periods WHERE user_id = ? AND start_day > ?), ''),
	COALESCE(lock_date.until_day, ''), COALESCE(lock_date.reason, ''),
	(SELECT COALESCE(SUM(minutes), 0) FROM entries
		WHERE user_id = owner.id AND date = ? AND id <> ? AND deleted_at IS NULL),
	(SELECT 'from ' || start_time || ' to ' || end_time || ' (entry ' || id || ')' FROM entries
		WHERE user_id = owner.id AND date = ? AND id <> ? AND deleted_at IS NULL AND start_time < ? AND end_time > ?
		ORDER BY start_time, id LIMIT 1)
FROM (?) AS owner
LEFT JOIN projects ON projects.id = ?
LEFT JOIN periods ON periods.user_id = owner.id AND
	periods.start_day = (SELECT MAX(start_day) FROM periods WHERE user_id = ? AND start_day <= ?)
LEFT JOIN locks AS lock_date ON lock_date.number = (SELECT MAX(number) FROM locks)
LEFT JOIN organization ON organization.id = 1
WHERE owner.id = ?`

func groundOf(ctx context.Context, tx *gorm.DB, e Entry, n NewEntry) (ground, error) {
	var g ground
	date := n.Date
	row := tx.Raw(groundQuery, e.UserID, date, date, e.ID, date, e.ID, n.End, n.Start,
		auth.People(ctx, tx), n.ProjectID, e.UserID, date, e.UserID).Row()
	err := row.Scan(
		&g.owner, &g.ownerBlocked,
		&g.project, &g.projectClosed, &g.projectBillable, &g.tasks, &g.membersOnly, &g.member, &g.submitOnCreate,
		&g.period.ID, &g.period.StartDay, &g.period.EndDay, &g.period.Live, &g.nextPeriod,
		&g.closing.until, &g.closing.reason, &g.restOfDay, &g.overlapped)
	if errors.Is(err, sql.ErrNoRows) {
		return g, invalid(ValidationFailed, "/user_id", "is nobody here")
	}
	g.period.UserID = e.UserID
	return g, err
}

// in finds the period of the day open, and makes it where it has no row yet.
func (g *ground) in(ctx context.Context, tx *gorm.DB, e Entry, date string) (id string, err error) {
	if g.period.ID == "" || g.period.EndDay < date {
		if g.period, err = periodBetween(tx, e.UserID, date, g.period.EndDay, g.nextPeriod); err != nil {
			return "", err
		}
		return g.period.id(tx, e.UpdatedAt)
	}
	if g.period.Live {
		whole, err := periodOn(tx, e.UserID, date)
		if err != nil {
			return "", err
		}
		return "", lockedPeriod(ctx, tx, whole)
	}
	return g.period.ID, nil
}

// fill puts what n says into the entry, new or old, when project and day allow it.
func (e *Entry) fill(ctx context.Context, tx *gorm.DB, n NewEntry) (ground, error) {
	minutes := n.worked(new(check))
	g, err := groundOf(ctx, tx, *e, n)
	if err != nil {
		return g, err
	}
	if err := g.takes(*e, n, minutes); err != nil {
		return g, err
	}
	if e.PeriodID, err = g.in(ctx, tx, *e, n.Date); err != nil {
		return g, err
	}
	e.Date, e.Minutes, e.Start, e.End, e.BreakMinutes = n.Date, minutes, n.Start, n.End, n.BreakMinutes
	e.ProjectID, e.Task, e.Tags, e.Note = n.ProjectID, strings.TrimSpace(n.Task), distinct(n.Tags), strings.TrimSpace(n.Note)
	e.Billable = g.projectBillable
	if n.Billable != nil {
		e.Billable = *n.Billable
	}
	return g, nil
}

// takes refuses time on no project, more time on one that is closed or for others, a task that isn't the project's, the same
// time twice, and a day of more than 24 hours.
func (g ground) takes(e Entry, n NewEntry, minutes int) error {
	left := dayMinutes - g.restOfDay
	more := n.ProjectID != e.ProjectID || minutes > e.Minutes
	if g.closing.covers(n.Date) {
		return invalid(PeriodClosed, "/date", "%s", g.closing.inWords())
	}
	if err := g.admits(e, more); err != nil {
		return err
	}
	switch task := strings.TrimSpace(n.Task); {
	case g.projectClosed && more:
		return invalid(ProjectClosed, "/project_id", "%s is closed and takes no more time; choose another project", *g.project)
	case !g.hasTask(task) && (n.ProjectID != e.ProjectID || task != e.Task):
		return invalid(ValidationFailed, "/task", "%s", g.theirTasks())
	case g.overlapped != nil:
		return invalid(Overlap, "/start", "%s to %s overlaps with what there is on %s already %s",
			*n.Start, *n.End, n.Date, *g.overlapped)
	case minutes > left:
		return invalid(DayLimitExceeded, "/minutes", "%s has %s of 24 hours already, so at most %s can be added, not %s",
			n.Date, asHours(g.restOfDay), asHours(left), asHours(minutes))
	}
	return nil
}

// said is the entry as somebody would say it anew.
func (e Entry) said() NewEntry {
	return NewEntry{
		UserID: e.UserID, Date: e.Date, Minutes: &e.Minutes, Start: e.Start, End: e.End, BreakMinutes: e.BreakMinutes,
		ProjectID: e.ProjectID, Task: e.Task, Tags: e.Tags, Note: e.Note, Billable: &e.Billable,
	}
}
