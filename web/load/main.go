// Load measures a running server over HTTP: how many requests a second it answers, and how long they take, for reading
// without a token, for listing entries, and for recording them durably. It needs an access token of a person with
// read:timesheets and create:timesheets, whose timesheet it fills with entries of one minute in the far past:
//
//	go run ./web/load -token "$token" -clients 64 -seconds 5
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

type load struct {
	server  string
	token   string
	clients int
	lasting time.Duration
	http    *http.Client
	entries atomic.Int64
	project string
}

func main() {
	log.SetFlags(0)
	l := &load{}
	flag.StringVar(&l.server, "url", "http://localhost:8080", "the server, of this machine or one that you may load")
	flag.StringVar(&l.token, "token", "", "access token")
	flag.IntVar(&l.clients, "clients", 64, "requests under way at once, 1 to 1000")
	seconds := flag.Int("seconds", 5, "how long each measurement lasts, 1 to 60")
	flag.Parse()
	if l.token == "" || l.clients < 1 || l.clients > 1000 || *seconds < 1 || *seconds > 60 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	l.lasting = time.Duration(*seconds) * time.Second
	l.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: l.clients}, Timeout: 30 * time.Second}
	if err := l.findProject(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d clients, %s each\n\n%-34s %9s %9s %9s\n", l.clients, l.lasting, "", "per s", "p50 ms", "p99 ms")
	for _, m := range []struct {
		name string
		ask  func() error
	}{
		{"GET /health, no token", func() error { return l.ask("GET", "/health", nil, http.StatusOK) }},
		{"GET /timesheets?limit=20", func() error { return l.ask("GET", "/timesheets?limit=20", nil, http.StatusOK) }},
		{"POST /timesheets, durable", l.record},
	} {
		if err := l.measure(m.name, m.ask); err != nil {
			log.Fatalf("%s: %v", m.name, err)
		}
	}
}

// measure asks from all clients until the time is over, and prints what came of it. The first error ends it.
func (l *load) measure(name string, ask func() error) error {
	var (
		all    sync.WaitGroup
		mu     sync.Mutex
		took   []time.Duration
		failed error
		until  = time.Now().Add(l.lasting)
	)
	began := time.Now()
	for range l.clients {
		all.Go(func() {
			var mine []time.Duration
			var err error
			for err == nil && time.Now().Before(until) {
				asked := time.Now()
				err = ask()
				mine = append(mine, time.Since(asked))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			if failed == nil {
				failed = err
			}
		})
	}
	all.Wait()
	if failed != nil {
		return failed
	}
	slices.Sort(took)
	at := func(share float64) float64 { return took[int(share*float64(len(took)-1))].Seconds() * 1000 }
	fmt.Printf("%-34s %9.0f %9.2f %9.2f\n", name, float64(len(took))/time.Since(began).Seconds(), at(.50), at(.99))
	return nil
}

// record adds an entry of one minute. A day holds 1440 of them, so every thousandth begins a new day.
func (l *load) record() error {
	n := l.entries.Add(1)
	day := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(time.Now().Unix()/60%3000)+int(n/1000))
	body, err := json.Marshal(map[string]any{"date": day.Format(time.DateOnly), "minutes": 1, "project_id": l.project})
	if err != nil {
		return err
	}
	return l.ask("POST", "/timesheets", body, http.StatusCreated)
}

func (l *load) ask(method, path string, body []byte, want int) error {
	_, err := l.answer(method, path, body, want)
	return err
}

func (l *load) answer(method, path string, body []byte, want int) ([]byte, error) {
	r, err := http.NewRequest(method, l.server+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if path != "/health" {
		r.Header.Set("Authorization", "Bearer "+l.token)
	}
	answer, err := l.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != want {
		err = fmt.Errorf("answered %d: %s", answer.StatusCode, content)
	}
	return content, err
}

func (l *load) findProject() error {
	content, err := l.answer("GET", "/projects?closed=false&limit=1", nil, http.StatusOK)
	if err != nil {
		return fmt.Errorf("GET /projects: %w", err)
	}
	var projects []struct{ ID string }
	if err := json.Unmarshal(content, &projects); err != nil || len(projects) == 0 {
		return fmt.Errorf("there is no open project to record time on: %s", content)
	}
	l.project = projects[0].ID
	return nil
}
