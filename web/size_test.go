package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkSize tells what it costs that a company is big. Each ratio is of the median times of two requests, which are sent
// in turns, one at a time. The goal stands beside it. Since machines are shared, only what is far beyond fails, as a request
// does that reads a whole table. PUNCHCARD_BENCH_ROWS is how many entries the big company has.
//
//	PUNCHCARD_BENCH_ROWS=10000000 go test ./web -run - -bench Size
func BenchmarkSize(b *testing.B) {
	rows := 1_000_000
	if set := os.Getenv("PUNCHCARD_BENCH_ROWS"); set != "" {
		var err error
		if rows, err = strconv.Atoi(set); err != nil || rows < 100_000 {
			b.Fatal("PUNCHCARD_BENCH_ROWS must be a number of entries, 100000 or more")
		}
	}
	small, big := runningCompany(b, 10_000), runningCompany(b, rows)
	const own = "/timesheets?limit=20"
	from := func(r running, who, path string, share float64) request {
		pages := r.pages(b, who, path)
		return r.request(b, who, path+"&cursor="+pages[int(share*float64(len(pages)-1))])
	}
	first, tag := big.request(b, "ada", own), big.request(b, "ada", own)
	tag.match = tag.send(b).Header.Get("ETag")
	weeks := big.request(b, "ada", "/periods?limit=200")
	month := filledUntil().AddDate(0, 0, -31).Format("from=2006-01-02&") + filledUntil().Format("to=2006-01-02")
	for _, m := range []struct {
		name      string
		one, base request
		goal      float64
		most      float64 // beyond which it fails
	}{
		{"own-first-page", first, small.request(b, "ada", own), 1.3, 3},
		{"own-middle-page", from(big, "ada", own, .5), from(small, "ada", own, .5), 1.3, 3},
		{"own-deepest-page", from(big, "ada", own, 1), from(small, "ada", own, 1), 1.3, 3},
		{"own-deepest-to-first", from(big, "ada", own, 1), first, 1.3, 3},
		{"queue-row-to-period-row", big.request(b, "mia", "/approvals?limit=200"), weeks, 1.5, 4},
		{"team-first-page-to-own", big.request(b, "mia", own), first, 3, 20},
		{"team-deep-page-to-own", from(big, "mia", own+"&"+month, 1), first, 3, 20},
		{"all-first-page-to-own", big.request(b, "otto", own), first, 1.3, 4},
		{"team-month-report-to-own", big.request(b, "mia", "/reports/summary?group_by=user&group_by=project&"+month), first, 30, 200},
		{"not-modified-to-modified", tag, first, 1, 2},
	} {
		b.Run(m.name, func(b *testing.B) {
			ratio := compare(b, m.one, m.base)
			b.ReportMetric(ratio, "ratio")
			b.ReportMetric(m.goal, "goal")
			if ratio > m.most {
				b.Errorf("%.2f is beyond all reason: what does it read?", ratio)
			}
		})
	}
}

// compare is the cost of one request to that of the other, by the row if both are lists.
func compare(b *testing.B, one, base request) float64 {
	var took [2][]time.Duration
	for b.Loop() {
		for range 4 {
			for i, r := range []request{one, base} {
				began := time.Now()
				r.send(b)
				took[i] = append(took[i], time.Since(began))
			}
		}
	}
	median := func(took []time.Duration) float64 {
		slices.Sort(took)
		return float64(took[len(took)/2])
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(took[0])/1e6, "ms")
	ratio := median(took[0]) / median(took[1])
	if one.rows > 0 && base.rows > 0 {
		ratio *= float64(base.rows) / float64(one.rows)
	}
	return ratio
}

// running is a company that listens.
type running struct {
	*company
	server *httptest.Server
}

func runningCompany(b *testing.B, rows int) running {
	c := newBigCompany(b, rows)
	server := httptest.NewServer(c.quiet())
	b.Cleanup(server.Close)
	return running{c, server}
}

// request is something that is asked again and again.
type request struct {
	running
	path, token, match string
	rows               int // of the answer; 0 if it is no list
}

func (r running) request(b *testing.B, who, path string) request {
	q := request{running: r, path: path, token: r.token(b, who)}
	q.rows = strings.Count(q.send(b).body, `"allowed_actions"`)
	return q
}

func (q request) send(b *testing.B) reply {
	r, err := http.NewRequest("GET", q.server.URL+q.path, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+q.token)
	if q.match != "" {
		r.Header.Set("If-None-Match", q.match)
	}
	answer, err := q.server.Client().Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	want := http.StatusOK
	if q.match != "" {
		want = http.StatusNotModified
	}
	if err != nil || answer.StatusCode != want {
		b.Fatalf("%s: %d %s %v", q.path, answer.StatusCode, body, err)
	}
	return reply{answer, string(body)}
}

var nextCursor = regexp.MustCompile(`[?&]cursor=([^&>]*)`)

// pages are the cursors of the pages of a list that come after the first, in steps of 200 items.
func (r running) pages(b *testing.B, who, path string) (cursors []string) {
	q := request{running: r, path: strings.Replace(path, "limit=20", "limit=200", 1), token: r.token(b, who)}
	for first := q.path; ; {
		next := nextCursor.FindStringSubmatch(q.send(b).Header.Get("Link"))
		if next == nil {
			return cursors
		}
		cursors = append(cursors, next[1])
		q.path = first + "&cursor=" + next[1]
	}
}
