// Package export writes entries as files: CSV, XLSX, JSON, iCalendar, and PDF for signing.
//
// It is given rows, one by one, and writes each before it takes the next, so a file may be longer than the memory. What a row
// means, who may see it and where it comes from it doesn't know.
package export
