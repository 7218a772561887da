package main

import (
	"cmp"
	"fmt"
	"runtime/debug"
)

type version struct{}

// Run prints which Punchcard this is.
func (version) Run(t terminal) error {
	_, err := fmt.Fprintln(t.out, "punchcard "+describe(buildInfo()))
	return err
}

// buildInfo is what the compiler noted about this program.
func buildInfo() *debug.BuildInfo {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info
	}
	return &debug.BuildInfo{}
}

// release is the module's version: "v1.2.0", or "(devel)" of no release.
func release(info *debug.BuildInfo) string { return cmp.Or(info.Main.Version, "(devel)") }

// describe tells the release and, where the build knew it, the commit: "v1.2.0 (commit 3f2a…, changed since), built with
// go1.26.8".
func describe(info *debug.BuildInfo) string {
	about := map[string]string{}
	for _, s := range info.Settings {
		about[s.Key] = s.Value
	}
	text := release(info)
	if commit := about["vcs.revision"]; commit != "" {
		text += " (commit " + commit
		if about["vcs.modified"] == "true" {
			text += ", changed since"
		}
		text += ")"
	}
	return text + ", built with " + cmp.Or(info.GoVersion, "an unknown Go")
}
