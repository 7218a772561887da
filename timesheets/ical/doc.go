// Package ical reads the events of iCalendar files (RFC 5545), as calendars of holidays and absences have them: events of
// whole days, once or every year. It reads what strangers wrote, so it takes nothing on trust: all that it can't read is
// refused with the line on which it stands.
package ical
