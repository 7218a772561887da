package timesheets

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/timesheets/trackers"
)

// TimeImport is a file of time: as Punchcard exports it, or Toggl Track, Clockify, Harvest or Kimai.
type TimeImport struct {
	DryRun         bool   `query:"dry_run"`         // only say what would come of it
	Format         string `query:"format"`          // one of trackers.Formats; empty: found out
	DateOrder      string `query:"date_order"`      // of days such as 03/04/2026: dmy or mdy; empty: found out
	ProjectID      string `query:"project_id"`      // of lines that name no project
	CreateProjects bool   `query:"create_projects"` // those that aren't there, which is for administrators
	File           File   `media:"text/csv"`
}

// mostImported is how many lines one file can have: everybody else's writes wait for it.
const mostImported = 5000

// Validate says what is wrong with it, as far as that shows without reading the file.
func (i TimeImport) Validate() error {
	var c check
	formats := trackers.Formats()
	c.that(i.Format == "" || slices.Contains(formats, i.Format), "format", "must be one of %s", strings.Join(formats, ", "))
	c.that(slices.Contains([]string{"", "dmy", "mdy"}, i.DateOrder), "date_order", "must be dmy or mdy")
	c.line(i.ProjectID, "project_id", idLimit)
	c.file(i.File)
	return c.fault()
}

// ImportedTime is what came of it, line by line.
type ImportedTime struct {
	DryRun    bool           `json:"dry_run"` // nothing was kept
	Format    string         `json:"format"`  // which it was
	Added     int            `json:"added"`
	Unchanged int            `json:"unchanged"` // what was imported before
	Refused   int            `json:"refused"`   // in a dry run: what stands in the way of all
	Projects  []string       `json:"projects"`  // those that were created
	Lines     []ImportedLine `json:"lines"`
}

// Import records the time of a file, wholly or not at all. Everybody imports their own; administrators, and applications that
// act for themselves, whosever the lines name. What a file brought before is known by its content, and left as it is now,
// changed and deleted entries too.
func (s *Service) Import(ctx context.Context, by auth.Caller, i TimeImport) (done ImportedTime, err error) {
	if i.CreateProjects && !by.Admin {
		return done, fault(Forbidden, "only an administrator can create projects: leave create_projects out, and ask one for those that are missing")
	}
	file, err := trackers.Read(i.File.Text, trackers.Options{Format: i.Format, DateOrder: i.DateOrder, Most: mostImported})
	if said, ok := errors.AsType[trackers.Error](err); ok {
		return done, &Fault{ValidationFailed, said.Sentence, []FieldFault{{"/lines", said.Sentence}}}
	}
	if err != nil {
		return done, err
	}
	if i.DryRun {
		ctx = Rehearse(ctx)
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		in := newIntake(s, tx, by, i)
		in.done.Format = file.Format
		if err := in.take(ctx, file); err != nil {
			return err
		}
		done = in.done
		return nil
	})
	return done, err
}
