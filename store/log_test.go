package store

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestSlowStatementsAreLogged(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	statement := func() (string, int64) { return "SELECT $1$ + $12$", 3 } // as gorm has it

	statementLog{}.Trace(context.Background(), time.Now().Add(-slow/2), statement, nil)
	if log.Len() > 0 {
		t.Errorf("a quick one was logged: %s", &log)
	}
	statementLog{}.Trace(context.Background(), time.Now().Add(-slow), statement, nil)
	for _, want := range []string{"slow statement", `"SELECT $1 + $12"`, "rows=3", "took="} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("logged %s, want %s in it", &log, want)
		}
	}
}
