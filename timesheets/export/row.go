package export

import (
	"io"
	"time"
)

// Row is one entry, with the names of whom and what it points to.
type Row struct {
	ID           string // UUID
	UserID       string
	Person       string // a name
	Email        string
	Date         string  // "2026-03-04"
	Start        *string // "09:00"; nil: only the duration is known
	End          *string // up to "24:00"
	BreakMinutes int
	Minutes      int
	ProjectID    string
	Project      string
	Customer     string
	Task         string
	Tags         []string // none has a comma
	Note         string
	Billable     bool
	State        string // draft, submitted, approved or rejected
	ApprovedBy   *string
	Approver     string // their name
	ApprovedAt   *time.Time
	Comment      string // the words of who approved or rejected it
	PeriodID     string
	Revision     int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Shown        any // the entry as the API shows it
}

// Writer writes rows. Close ends the file, and leaves open what it is written to.
type Writer interface {
	Row(Row) error
	Close() error
}

// Options is what the formats leave to the caller.
type Options struct {
	BOM   bool // CSV begins with U+FEFF, by which Excel knows that it is UTF-8
	Title string
	Made  time.Time
}

// Format is a kind of file.
type Format struct {
	Extension string // without a dot
	MediaType string
	New       func(io.Writer, Options) Writer // nil: it is written sheet by sheet, by NewPDF
}

// Formats are those that there are, by the name under which one asks for them.
var Formats = map[string]Format{
	"csv":  {"csv", "text/csv; charset=utf-8; header=present", newCSV},
	"xlsx": {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", newXLSX},
	"json": {"json", "application/json", newJSON},
	"ics":  {"ics", "text/calendar; charset=utf-8", newICS},
	"pdf":  {"pdf", "application/pdf", nil},
}
