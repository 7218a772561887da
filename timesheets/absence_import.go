package timesheets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
)

// AbsenceImport is a file of absences: a table with the columns user (an e-mail address or an id), kind and from and, if
// wanted, to, half, minutes_per_day and note; or a calendar with an event for each, whose ATTENDEE or ORGANIZER is absent
// and whose CATEGORIES name the kind.
type AbsenceImport struct {
	DryRun bool   `query:"dry_run"` // only say what would come of it
	User   string `query:"user"`    // an e-mail address or an id: who is absent where the file names nobody
	Kind   string `query:"kind"`    // where the file names none
	File   File   `media:"text/csv text/calendar"`
}

const mostAbsences = 1000 // of one file

// Validate says what is wrong with it, as far as that shows without reading the file.
func (i AbsenceImport) Validate() error {
	var c check
	c.line(i.User, "user", idLimit)
	c.that(i.Kind == "" || slices.Contains(absenceKinds, i.Kind), "kind", "must be one of %s", strings.Join(absenceKinds, ", "))
	c.file(i.File)
	return c.fault()
}

// ImportAbsences adds the absences of a file, which is for administrators alone. One that is there already is left as it
// is, so a file can come again.
func (s *Service) ImportAbsences(ctx context.Context, by auth.Caller, i AbsenceImport) (done Imported, err error) {
	if err := onlyAdministrators(by, "only an administrator can import absences; record your own one by one"); err != nil {
		return done, err
	}
	var c check
	named := i.read(&c, s.now().UTC().Year())
	for _, n := range named {
		var one check
		n.of.check(&one, "")
		one.that(n.of.UserID != "", "/user", "is needed: the e-mail address or the id of who is absent")
		c.at(n.line, one.fields)
	}
	if err := c.fault(); err != nil {
		return done, err
	}
	if i.DryRun {
		ctx = Rehearse(ctx)
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		done = Imported{DryRun: i.DryRun, Lines: []ImportedLine{}}
		return s.putAbsences(ctx, tx, by, named, &done)
	})
	return done, err
}

// read is the absences of the file in its order. Who is absent is an e-mail address or an id.
func (i AbsenceImport) read(c *check, thisYear int) (named []filed[NewAbsence]) {
	if i.File.Media == "text/csv" {
		others := []string{"user", "kind", "to", "half", "minutes_per_day", "note"}
		for _, l := range i.File.table(c, mostAbsences, []string{"from"}, others) {
			named = append(named, filed[NewAbsence]{l.number, NewAbsence{
				UserID: cmp.Or(l.cells["user"], i.User), Kind: AbsenceKind(strings.ToLower(cmp.Or(l.cells["kind"], i.Kind))),
				From: l.cells["from"], To: l.cells["to"], Half: l.flag(c, "half"), MinutesPerDay: l.minutes(c), Note: l.cells["note"],
			}})
		}
		return named
	}
	for _, e := range i.File.events(c, mostAbsences, thisYear) {
		n := NewAbsence{UserID: cmp.Or(e.Person, i.User), Kind: AbsenceKind(i.Kind), From: e.From, To: e.To, Note: e.Summary}
		for _, category := range e.Categories {
			if kind := strings.ToLower(strings.TrimSpace(category)); slices.Contains(absenceKinds, kind) {
				n.Kind = AbsenceKind(kind)
			}
		}
		named = append(named, filed[NewAbsence]{e.Line, n})
	}
	return named
}

func (l line) minutes(c *check) *int {
	if l.cells["minutes_per_day"] == "" {
		return nil
	}
	n, err := strconv.Atoi(l.cells["minutes_per_day"])
	c.that(err == nil, onLine(l.number, "minutes_per_day"), "must be a whole number of minutes")
	return &n
}

// putAbsences keeps those that aren't there yet. What doesn't fit is told of all lines at once.
func (s *Service) putAbsences(ctx context.Context, tx *gorm.DB, by auth.Caller, named []filed[NewAbsence], done *Imported) error {
	closed, err := closingOf(tx)
	if err != nil {
		return err
	}
	ids, err := peopleNamed(ctx, tx, named)
	if err != nil {
		return err
	}
	var c check
	for _, n := range named {
		id, here := ids[strings.ToLower(n.of.UserID)]
		if c.that(here, onLine(n.line, "user"), "is nobody here"); !here {
			continue
		}
		a := s.absence(by, id, n.of)
		text := fmt.Sprintf("%s %s from %s to %s", n.of.UserID, n.of.Kind, a.From, a.To)
		there, err := a.isThere(tx)
		if err != nil {
			return err
		}
		if there {
			done.tell(n.line, wasThere, text)
			continue
		}
		err = a.fits(tx, closed)
		if refused, ok := errors.AsType[*Fault](err); ok {
			c.at(n.line, refused.Fields)
			continue
		}
		if err == nil {
			err = s.keepAbsence(tx, by, a)
		}
		if err != nil {
			return err
		}
		done.tell(n.line, wasAdded, text)
	}
	return c.fault()
}

// peopleNamed are the ids of whom a file names, by id and by e-mail address.
func peopleNamed(ctx context.Context, tx *gorm.DB, named []filed[NewAbsence]) (map[string]string, error) {
	var names []string
	for _, n := range named {
		names = append(names, strings.ToLower(n.of.UserID))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	var found []struct{ ID, Email string }
	err := auth.People(ctx, tx).Where("id IN ? OR email IN ?", names, names).Select("id, email").Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	ids := map[string]string{}
	for _, p := range found {
		ids[p.ID], ids[p.Email] = p.ID, p.ID
	}
	return ids, nil
}

// isThere reports whether the person has this very absence already.
func (a Absence) isThere(tx *gorm.DB) (bool, error) {
	var same []Absence
	err := tx.Where("user_id = ? AND from_day = ? AND to_day = ? AND kind = ? AND half = ?", a.UserID, a.From, a.To, *a.Kind, a.Half).
		Limit(1).Find(&same).Error
	if err != nil {
		return false, fmt.Errorf("look for an absence: %w", err)
	}
	return len(same) == 1 && equal(same[0].MinutesPerDay, a.MinutesPerDay), nil
}

func equal(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }
