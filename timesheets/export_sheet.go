package timesheets

import (
	"cmp"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth/lang"
	"punchcard/timesheets/export"
)

// periodsOf are those that have entries which the query leaves, the latest first.
func (x *extract) periodsOf(tx *gorm.DB, q EntryQuery) *gorm.DB {
	entries := q.filter(visibleEntries(tx, x.by)).Select("1").
		Where("entries.user_id = periods.user_id AND entries.date BETWEEN periods.start_day AND periods.end_day")
	periods := reachOf(tx, x.by).periods().Where("EXISTS (?)", entries)
	if q.UserID != "" {
		periods = periods.Where("periods.user_id = ?", q.UserID)
	}
	if q.From != "" {
		periods = periods.Where("periods.end_day >= ?", q.From)
	}
	if q.To != "" {
		periods = periods.Where("periods.start_day <= ?", q.To)
	}
	return periods.Select("periods.*").Order("periods.start_day DESC, periods.id DESC").Limit(x.sheets + 1)
}

// periods are those, unless they are more than a file has.
func (x *extract) periods(tx *gorm.DB, q EntryQuery) ([]periodRow, error) {
	var found []periodRow
	if err := x.periodsOf(tx, q).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read periods: %w", err)
	}
	if len(found) > x.sheets {
		return nil, invalid(ValidationFailed, "format",
			"has at most %d timesheets in one pdf, each of one person and period: choose days by from and to, or a person by user_id",
			x.sheets)
	}
	return found, nil
}

func (x *extract) writeSheets(q EntryQuery, periods []periodRow, w *export.Sheets) error {
	organization, err := organization(x.s.db.Read(x.ctx))
	if err != nil {
		return err
	}
	for _, row := range periods {
		if err := x.writeSheet(q, organization, row, w); err != nil {
			return err
		}
	}
	return w.Close()
}

// writeSheet writes one person's period, from its first day on.
func (x *extract) writeSheet(q EntryQuery, o Organization, row periodRow, w *export.Sheets) error {
	q.UserID, q.From, q.To = row.UserID, max(q.From, row.StartDay), min(cmp.Or(q.To, row.EndDay), row.EndDay)
	sheet, err := x.sheet(q, o, row)
	if err != nil {
		return err
	}
	if err := w.Begin(sheet); err != nil {
		return err
	}
	return x.each(q, firstFirst, w.Row)
}

// sheet is what is said beside the entries that the query leaves of the period.
func (x *extract) sheet(q EntryQuery, o Organization, row periodRow) (export.Sheet, error) {
	tx := x.s.db.Read(x.ctx)
	period, err := x.s.completed(x.ctx, tx, x.by, row)
	if err != nil {
		return export.Sheet{}, err
	}
	sheet, err := x.names.sheet(tx, o, period)
	if err != nil {
		return export.Sheet{}, err
	}
	err = q.filter(visibleEntries(tx, x.by)).Select("COALESCE(SUM(entries.minutes), 0)").Scan(&sheet.Shown).Error
	if err != nil {
		return export.Sheet{}, fmt.Errorf("add up entries: %w", err)
	}
	return sheet, nil
}

// sheet is what is said of the period, with everybody by name.
func (n names) sheet(tx *gorm.DB, o Organization, p Period) (export.Sheet, error) {
	ids := []string{p.UserID}
	if p.Submission != nil {
		ids = append(ids, p.Submission.SubmittedBy)
	}
	if p.LastDecision != nil {
		ids = append(ids, p.LastDecision.By)
		if p.LastDecision.OnBehalfOf != nil {
			ids = append(ids, *p.LastDecision.OnBehalfOf)
		}
	}
	if err := n.learnPeople(tx, ids); err != nil {
		return export.Sheet{}, err
	}
	title := strings.TrimPrefix(p.name().In(lang.Tagged("en")), "the ")
	s := export.Sheet{
		Organization: o.Name, Person: n.people[p.UserID].Name,
		Title: strings.ToUpper(title[:1]) + title[1:], Start: p.Start, End: p.End, State: string(p.State),
		Minutes: p.Minutes, BillableMinutes: p.BillableMinutes,
		ExpectedMinutes: p.ExpectedMinutes, MissingMinutes: p.MissingMinutes,
	}
	if sub := p.Submission; sub != nil {
		s.Submission = &export.Submission{At: sub.SubmittedAt, By: n.people[sub.SubmittedBy].Name, Comment: sub.Comment, Digest: sub.Digest}
	}
	if d := p.LastDecision; d != nil && (p.State == Approved || p.State == Rejected) {
		s.Decision = &export.Decision{Approved: d.Decision == Approved, At: d.At, By: n.people[d.By].Name, Comment: d.Comment}
		if d.OnBehalfOf != nil {
			s.Decision.OnBehalfOf = n.people[*d.OnBehalfOf].Name
		}
	}
	return s, nil
}
