package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"punchcard/auth"
	"punchcard/timesheets"
)

func TestFilesSayWhatTheyAreAndWhatToCallThem(t *testing.T) {
	c := newCompany(t)
	c.record(t, "ada", "2026-09-21")
	token := c.token(t, "mia", "read:timesheets")
	for _, q := range []struct{ query, kind, name, begin string }{
		{"", "text/csv; charset=utf-8; header=present", "timesheets.csv", "date,person,"},
		{"?format=csv&bom=true&from=2026-09-01&to=2026-09-30", "text/csv; charset=utf-8; header=present",
			"timesheets-2026-09-01-2026-09-30.csv", "\uFEFFdate,"},
		{"?format=xlsx&from=2026-09-01", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			"timesheets-from-2026-09-01.xlsx", "PK\x03\x04"},
		{"?format=json&to=2026-09-30", "application/json", "timesheets-until-2026-09-30.json", `[{"id":"`},
		{"?format=ics&user_id=" + c.id(t, "ada"), "text/calendar; charset=utf-8", "timesheets-ada.ics", "BEGIN:VCALENDAR\r\n"},
		{"?format=ics&user_id=" + c.id(t, "otto"), "text/calendar; charset=utf-8", "timesheets.ics", "BEGIN:VCALENDAR\r\n"},
		{"?format=pdf&paper=letter", "application/pdf", "timesheets.pdf", "%PDF-1.7\n"},
	} {
		want := `attachment; filename="` + q.name + `"; filename*=UTF-8''` + q.name
		for _, method := range []string{"GET", "HEAD"} {
			answer := c.ask(t, token, method, "/timesheets/export"+q.query, "")
			h := answer.Header
			if answer.StatusCode != 200 || h.Get("Content-Type") != q.kind || h.Get("Content-Disposition") != want || h.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s: %d %v", method, q.query, answer.StatusCode, h)
			}
			if begins := strings.HasPrefix(answer.body, q.begin); begins != (method == "GET") {
				t.Errorf("%s %s: %.40q", method, q.query, answer.body)
			}
		}
	}
}

func TestExportTellsAllThatIsWrongBeforeItsFirstByte(t *testing.T) {
	c := theCompany(t)
	token := c.token(t, "ada", "read:timesheets")
	for query, wrong := range map[string]string{
		"format=doc":                           "format",
		"format=CSV":                           "format",
		"format=csv&format=pdf":                "format",
		"format=pdf&bom=true":                  "bom",
		"bom=yes":                              "bom",
		"paper=a4":                             "paper",
		"format=pdf&paper=a5":                  "paper",
		"cursor=x&limit=2&count=true":          "count cursor limit",
		"from=2026-09-02&to=2026-09-01":        "to",
		"format=x&from=1&state=new&tag=a,b":    "format from state tag",
		"sort=date":                            "sort",
		"updated_since=today&format=pdf&q=%01": "q updated_since",
	} {
		answer := c.ask(t, token, "GET", "/timesheets/export?"+query, "")
		var names []string
		for _, m := range answer.problem(t).Errors {
			names = append(names, m.Parameter)
		}
		if got := strings.Join(slices.Sorted(slices.Values(names)), " "); answer.StatusCode != 422 || got != wrong || answer.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d %s", query, answer.StatusCode, got)
		}
	}
}

func TestFileNamesAreHarmless(t *testing.T) {
	for name, want := range map[string]string{
		"timesheets-Łukasz.csv":               `"timesheets-_ukasz.csv"; filename*=UTF-8''timesheets-%C5%81ukasz.csv`,
		"x\"; filename=\"run.exe\r\nX: y.csv": `"x---filename--run.exe--X--y.csv"; filename*=UTF-8''x---filename--run.exe--X--y.csv`,
		"../a/b\\c\u202Etxt.csv":              `"..-a-b-c-txt.csv"; filename*=UTF-8''..-a-b-c-txt.csv`,
	} {
		if got := disposition(name); got != "attachment; filename="+want {
			t.Errorf("%q: %s", name, got)
		}
	}
}

// fileRoute answers with a file of the test's.
func fileRoute(write func(ctx context.Context, w io.Writer) error) route {
	return route{"GET", "/file", access{}, as(auth.Caller{User: "usr"}, download(
		func(ctx context.Context, _ auth.Caller, _ struct{}) (timesheets.Export, error) {
			return timesheets.Export{Name: "file.csv", MediaType: "text/csv", Write: func(w io.Writer) error { return write(ctx, w) }}, nil
		}))}
}

func TestFileThatFailsIsAProblemOrBrokenOff(t *testing.T) {
	broken := errors.New("the disk is gone")
	for bytes, cut := range map[int]bool{0: false, 1000: false, pieceBytes + 1: true} {
		handler, log := theCompany(t).withRoutes(fileRoute(func(_ context.Context, w io.Writer) error {
			io.WriteString(w, strings.Repeat("x", bytes))
			return broken
		}))
		r, err := http.NewRequest("GET", testIssuer+"file", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, _, err := serve(handler, r)
		if (err != nil) != cut {
			t.Errorf("after %d bytes: %v", bytes, err)
		}
		if !cut && (answer.StatusCode != 500 || answer.Header.Get("Content-Type") != "application/problem+json" || answer.Header.Get("Content-Disposition") != "") {
			t.Errorf("after %d bytes: %d %v", bytes, answer.StatusCode, answer.Header)
		}
		if !strings.Contains(log.String(), broken.Error()) {
			t.Errorf("after %d bytes, the log doesn't say why: %s", bytes, log)
		}
	}
}

// wire is a listener whose one connection stays within the test.
type wire struct{ conns chan net.Conn }

func (w wire) Accept() (net.Conn, error) {
	conn, ok := <-w.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}
func (w wire) Close() error   { close(w.conns); return nil }
func (w wire) Addr() net.Addr { return &net.TCPAddr{} }

// overWire serves the file by a server with the times of ours, on a clock of the test's own, and gives the client's end.
func overWire(t *testing.T, write func(ctx context.Context, w io.Writer) error) net.Conn {
	t.Helper()
	c := Settings{Log: slog.New(slog.DiscardHandler), Issuer: testIssuer}
	w, client := wire{make(chan net.Conn, 1)}, net.Conn(nil)
	server := &http.Server{Handler: c.serve([]route{fileRoute(write)}), ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute}
	go server.Serve(w)
	t.Cleanup(func() { server.Close(); client.Close() })
	client, ours := net.Pipe()
	w.conns <- ours
	if _, err := io.WriteString(client, "GET /file HTTP/1.0\r\nHost: time.example.com\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return client
}

func TestLongFileIsSentAsLongAsItsClientReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 40 // pieces, each of which takes half a minute to make
		client := overWire(t, func(ctx context.Context, w io.Writer) error {
			for range many {
				time.Sleep(30 * time.Second)
				if _, err := io.WriteString(w, strings.Repeat("x", pieceBytes)); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
		text, err := io.ReadAll(client)
		if got := strings.Count(string(text), "x"); err != nil || got < many*pieceBytes {
			t.Errorf("%d bytes, %v", got, err)
		}
	})
}

// endless writes until the client is let go, and tells after how long that was.
func endless(ended *atomic.Int64) func(context.Context, io.Writer) error {
	began := time.Now()
	return func(_ context.Context, w io.Writer) error {
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", pieceBytes)); err != nil {
				ended.Store(int64(time.Since(began)))
				return err
			}
		}
	}
}

func TestClientThatStopsReadingIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Int64
		overWire(t, endless(&ended))
		time.Sleep(piecePatience + time.Second)
		if after := time.Duration(ended.Load()); after == 0 {
			t.Error("it was not let go")
		}
	})
}

func TestClientThatTricklesIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Int64
		client, began, piece := overWire(t, endless(&ended)), time.Now(), make([]byte, pieceBytes)
		for ended.Load() == 0 && time.Since(began) < 2*filePatience {
			io.ReadFull(client, piece)
			time.Sleep(50 * time.Second)
		}
		if after := time.Duration(ended.Load()); after == 0 || after > filePatience+time.Minute {
			t.Errorf("it was let go after %v", after)
		}
	})
}
