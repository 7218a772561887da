package timesheets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Submission is one time that a period was submitted, with its lines frozen as they were.
type Submission struct {
	Number      int       `json:"number"` // 1, 2, …
	SubmittedAt time.Time `json:"submitted_at"`
	SubmittedBy string    `json:"submitted_by"` // a person's id
	Comment     string    `json:"comment"`
	Minutes     int       `json:"minutes"`
	Digest      string    `json:"digest"` // "sha256:" and the hash of the lines as canonical JSON
}

// Line is what an entry says, without how it stands. Its members are in the order of canonical JSON (RFC 8785).
type Line struct {
	Billable     bool    `json:"billable"`
	BreakMinutes int     `json:"break_minutes"`
	Date         string  `json:"date"`
	End          *string `json:"end"`
	ID           string  `json:"id"` // of the entry
	Minutes      int     `json:"minutes"`
	Note         string  `json:"note"`
	ProjectID    string  `json:"project_id"`
	Start        *string `json:"start"`
	Tags         Words   `json:"tags"`
	Task         string  `json:"task"`
}

// linesNow are the period's lines as they are, in the order of their days.
func (p periodRow) linesNow(tx *gorm.DB) ([]Line, error) {
	lines := []Line{}
	err := p.lines(tx).Select("billable, break_minutes, date, end_time AS " + `"end"` + ", id, minutes, note, project_id, " +
		"start_time AS start, tags, task").Order("date, id").Scan(&lines).Error
	if err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	return lines, nil
}

// linesOf are the lines of an earlier submission.
func (p periodRow) linesOf(tx *gorm.DB, number int) ([]Line, error) {
	var text []string
	err := tx.Table("submissions").Where("period_id = ? AND number = ?", p.ID, number).Pluck("lines", &text).Error
	if err != nil {
		return nil, fmt.Errorf("read submission: %w", err)
	}
	lines := []Line{}
	if len(text) == 0 {
		return lines, nil
	}
	if err := json.Unmarshal([]byte(text[0]), &lines); err != nil {
		return nil, fmt.Errorf("read the lines of submission %d of %s: %w", number, p.ID, err)
	}
	return lines, nil
}

// freeze keeps the lines as they are, as one submission more.
func (p *periodRow) freeze(tx *gorm.DB, by, comment string, now time.Time) error {
	lines, err := p.linesNow(tx)
	if err != nil {
		return err
	}
	canonical, err := canonicalLines(lines)
	if err != nil {
		return err
	}
	minutes := 0
	for _, line := range lines {
		minutes += line.Minutes
	}
	p.Submissions++
	err = tx.Exec(`INSERT INTO submissions (period_id, number, submitted_at, submitted_by, comment, minutes, lines, digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, p.ID, p.Submissions, now, by, comment, minutes, canonical, digestOf(canonical)).Error
	if err != nil {
		return fmt.Errorf("write submission: %w", err)
	}
	return nil
}

func canonicalLines(lines []Line) (string, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(lines); err != nil {
		return "", fmt.Errorf("write lines: %w", err)
	}
	return string(bytes.TrimSpace(text.Bytes())), nil
}
