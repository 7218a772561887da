package auth

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// What anybody can ask for without proving who they are fills no table.
func TestANetworkMayLeaveSoManyRows(t *testing.T) {
	w := newWorld(t)
	pushed := asking("client_id", "")
	var pairs []string
	for name := range pushed {
		pairs = append(pairs, name, pushed.Get(name))
	}
	devices := []string{"scope", "read:timesheets"}
	for name, c := range map[string]struct {
		what  string
		table string
		ask   func() answer
	}{
		"/authorize":         {"sign-ins", "interactions", func() answer { return w.browser().authorize() }},
		"/oauth/par":         {"pushed requests", "pushed_requests", func() answer { return w.client("/oauth/par", "app", pairs...) }},
		"/oauth/device/code": {"devices", "device_requests", func() answer { return w.client("/oauth/device/code", "app", devices...) }},
	} {
		t.Run(name, func(t *testing.T) {
			for range rowsPerNetwork - 1 {
				w.server.pace.attempt(rowsPerNetwork, w.clock.now(), c.what+" 127.0.0.1")
			}
			if a := c.ask(); a.status >= 400 {
				t.Fatalf("the last that may be got %d %s", a.status, a.body)
			}
			a := c.ask()
			if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "60" || a.header.Get("Location") != "" {
				t.Errorf("one more got %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
			}
			if name != "/authorize" {
				refused(t, a, 429, "temporarily_unavailable")
			}
			var rows int64
			if err := w.db.Read(t.Context()).Table(c.table).Count(&rows).Error; err != nil || rows != 1 {
				t.Errorf("%d rows were left, %v", rows, err)
			}
		})
	}
	t.Run("refusals in the log, of which the rest is counted", func(t *testing.T) {
		w.clock.move(paceWindow)
		for range rowsPerNetwork - 1 {
			w.server.pace.attempt(rowsPerNetwork, w.clock.now(), "refusals 127.0.0.1")
		}
		before := w.server.eventIDs.next(w.clock.now())
		for range 3 {
			w.browser().authorize("client_id", "nobody")
		}
		if err := w.server.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		list := w.events(before)
		if len(list) != 2 || list[0].Type != "f" || list[1].Type != "events_lost" || list[1].Details["count"] != 2.0 {
			t.Fatalf("got %+v", list)
		}
		w.clock.move(paceWindow)
		w.browser().authorize("client_id", "nobody")
		if list := w.events(list[1].ID); len(list) != 1 {
			t.Errorf("a minute later: %+v", list)
		}
	})
	t.Run("but an application that proves who it is may push more", func(t *testing.T) {
		web := append([]string{}, pairs...)
		for i := 0; i < len(web); i += 2 {
			web[i+1] = cmp.Or(url.Values{"redirect_uri": {webURI}}.Get(web[i]), web[i+1])
		}
		push := func() int { return w.client("/oauth/par", "reports:reports secret, long", web...).status }
		if got := push(); got != http.StatusCreated {
			t.Errorf("got %d", got)
		}
		for range rowsPerClient {
			w.server.pace.attempt(rowsPerClient, w.clock.now(), "pushed requests reports")
		}
		if got := push(); got != http.StatusTooManyRequests {
			t.Errorf("got %d", got)
		}
	})
	t.Run("and who asked for too much goes on a minute later, or where nothing is kept at once", func(t *testing.T) {
		if a := w.browser().authorize("prompt", "none"); a.location().Query().Get("error") != "login_required" {
			t.Errorf("got %d", a.status)
		}
		w.clock.move(paceWindow)
		if a := w.browser().authorize(); a.status != http.StatusSeeOther {
			t.Errorf("got %d", a.status)
		}
	})
}

func TestANetworkIsAnAddressOrAPrefix(t *testing.T) {
	for one, other := range map[string]bool{"2001:db8::1 2001:db8::ffff:2": true, "2001:db8::1 2001:db8:0:1::1": false, "192.0.2.1 192.0.2.2": false} {
		var a, b string
		if _, err := fmt.Sscan(one, &a, &b); err != nil {
			t.Fatal(err)
		}
		if same := networkOf(a) == networkOf(b); same != other {
			t.Errorf("%s: are of one network: %t", one, same)
		}
	}
}

// Whoever floods the server fills it for no more than an hour.
func TestWhatAnybodyCanLeaveIsSweptWithinTheHour(t *testing.T) {
	w := newWorld(t)
	w.browser().authorize()
	w.client("/oauth/device/code", "app", "scope", "read:timesheets")
	w.redeem(w.browser().code("ada@example.com"))
	w.browser().code("ada@example.com")
	rows := func() (all int64) {
		for _, table := range []string{"interactions", "device_requests"} {
			var n int64
			if err := w.db.Read(t.Context()).Table(table).Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			all += n
		}
		return all
	}
	if before := rows(); before != 4 {
		t.Fatalf("%d rows", before)
	}
	w.clock.move(interactionLife + time.Hour)
	if err := w.server.sweepSoon(t.Context()); err != nil || rows() != 0 {
		t.Errorf("%d rows are left, %v", rows(), err)
	}
}

// sweep does all that Run does by and by.
func (w *world) sweep() error {
	if err := w.server.sweepSoon(w.Context()); err != nil {
		return err
	}
	return w.server.sweep(w.Context())
}
