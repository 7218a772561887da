// Package trackers reads the CSV files of time that Punchcard and other time trackers export: Toggl Track, Clockify, Harvest
// and Kimai. It knows their columns and how they write days, times and durations, and nothing of who may file what.
package trackers
