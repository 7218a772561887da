package web

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"punchcard/timesheets"
)

// Whichever way an address of this machine is written, and whichever name leads to it, nothing connects to it.
func TestNoWebhookConnectsToThisMachine(t *testing.T) {
	var calls atomic.Int32
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			conn.Close()
		}
	}()
	port := listener.Addr().(*net.TCPAddr).Port
	if conn, err := net.Dial("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	} else {
		conn.Close()
	}
	for began := time.Now(); calls.Load() == 0 && time.Since(began) < 10*time.Second; time.Sleep(time.Millisecond) {
	}
	if calls.Swap(0) != 1 {
		t.Fatal("nobody listens, so what follows proves nothing")
	}

	c := newCompany(t)
	otto := c.token(t, "otto")
	var all []timesheets.Webhook
	for _, host := range []string{"127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "0.0.0.0", "0", "[::]", "[::1]",
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "localhost", "LOCALHOST.", "127.0.0.1."} {
		body := fmt.Sprintf(`{"url":"https://%s:%d/hook","events":["webhook.*"]}`, host, port)
		answer := c.ask(t, otto, "POST", "/webhooks", body)
		if answer.StatusCode == 422 {
			continue // that is as good
		}
		var w timesheets.Webhook
		answer.json(t, &w)
		all = append(all, w)
		c.ask(t, otto, "POST", "/webhooks/"+w.ID+"/ping", "")
	}
	if len(all) < 5 {
		t.Fatalf("only %d could be added", len(all))
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { c.settings.Timesheets.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	for _, w := range all {
		for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			var told []timesheets.Delivery
			c.ask(t, otto, "GET", "/webhooks/"+w.ID+"/deliveries", "").json(t, &told)
			if len(told) > 0 && told[0].LastError != "" {
				if told[0].LastStatus != nil || strings.Contains(told[0].LastError, "tls") || strings.Contains(told[0].LastError, "EOF") {
					t.Errorf("%s: %s", w.URL, told[0].LastError)
				}
				break
			}
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%s was never tried", w.URL)
			}
		}
	}
	if n := calls.Load(); n != 0 {
		t.Errorf("this machine was connected to %d times", n)
	}
}
