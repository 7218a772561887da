package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionTellsReleaseAndCommit(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "3f2a"}
	for _, c := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{}, "(devel), built with an unknown Go"},
		{debug.BuildInfo{GoVersion: "go1.26"}, "(devel), built with go1.26"},
		{
			debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.0"}, Settings: []debug.BuildSetting{commit}},
			"v1.2.0 (commit 3f2a), built with go1.26",
		},
		{
			debug.BuildInfo{GoVersion: "go1.26", Settings: []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "true"}}},
			"(devel) (commit 3f2a, changed since), built with go1.26",
		},
	} {
		if got := describe(&c.info); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestVersionCommand(t *testing.T) {
	out := &screen{}
	if status := run(t.Context(), []string{"version"}, terminal{out, out}); status != 0 {
		t.Errorf("status %d", status)
	}
	if !strings.HasPrefix(out.String(), "punchcard ") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("printed %q", out)
	}
}
