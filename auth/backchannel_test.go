package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	gocmp "github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// receiver is an application's own server, which is told of sessions that end.
type receiver struct {
	*httptest.Server
	came chan string // the logout tokens, as they come

	mu     sync.Mutex
	answer http.HandlerFunc // nil: 200
	wrong  []string         // what was not as §2.5 has it
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{came: make(chan string, 100)}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(r.serve))
	t.Cleanup(func() {
		r.Close()
		if len(r.wrong) > 0 {
			t.Errorf("the receiver was sent %q", r.wrong)
		}
	})
	return r
}

func (r *receiver) serve(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	answer := r.answer
	if q.Method != "POST" || q.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || q.ParseForm() != nil || len(q.PostForm) != 1 || q.URL.Path != "/out" {
		r.wrong = append(r.wrong, q.Method+" "+q.URL.Path)
	}
	r.mu.Unlock()
	r.came <- q.PostFormValue("logout_token")
	if answer != nil {
		answer(w, q)
	}
}

func (r *receiver) answers(how http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = how
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// got is the tokens that came since it was last asked.
func (r *receiver) got() (tokens []string) {
	for {
		select {
		case token := <-r.came:
			tokens = append(tokens, token)
		default:
			return tokens
		}
	}
}

// next waits for a token.
func (r *receiver) next(t *testing.T) string {
	t.Helper()
	select {
	case token := <-r.came:
		return token
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		return ""
	}
}

func reportsAt(uri string) NewClient {
	return NewClient{ID: "reports", Name: "Reports", Type: "web", Secret: "reports secret, long", RedirectURIs: []string{webURI}, LogoutURIs: []string{byeURI},
		Scopes: []string{"openid", "email", "offline_access", "read:timesheets"}, SkipConsent: true, BackchannelLogoutURI: uri}
}

// newHeard is a world in which Reports and the phone app are told of sessions that end.
func newHeard(t *testing.T) (*world, *receiver) {
	t.Helper()
	w, r := newWorld(t), newReceiver(t)
	w.server.fetch = reaching(r.Server)
	w.apply(reportsAt(r.URL+"/out"), NewClient{ID: "app", Name: "Phone app", Type: "native", RedirectURIs: []string{appURI},
		Scopes: []string{"openid", "profile", "email", "offline_access", "read:timesheets", "create:timesheets"}, BackchannelLogoutURI: r.URL + "/out"})
	return w, r
}

// drain delivers what is due, one after the other.
func (w *world) drain(s *Server) {
	w.Helper()
	for range 100 {
		d, err := s.claimLogout(w.Context(), []string{""})
		if err != nil {
			w.Fatal(err)
		}
		if d == nil {
			return
		}
		s.deliverLogout(w.Context(), d)
	}
	w.Fatal("it never ends")
}

func (w *world) deliveries() (rows []logoutDelivery) {
	w.Helper()
	if err := w.db.Read(w.Context()).Order("id").Find(&rows).Error; err != nil {
		w.Fatal(err)
	}
	return rows
}

// states are how the deliveries ended.
func (w *world) states() string {
	w.Helper()
	var list []string
	for _, d := range w.deliveries() {
		list = append(list, d.State)
	}
	return strings.Join(list, " ")
}

// toldIn are the applications and sessions of tokens.
func toldIn(t *testing.T, tokens []string) []string {
	t.Helper()
	list := []string{}
	for _, token := range tokens {
		claims := claimsOf(t, token)
		sid, _ := claims["sid"].(string)
		list = append(list, claims["aud"].([]any)[0].(string)+" "+sid)
	}
	slices.Sort(list)
	return list
}

func TestConformanceALogoutToken(t *testing.T) {
	w, r := newHeard(t)
	b := w.browser()
	tokens := b.reportsTokens("ada@example.com", "openid read:timesheets")
	id := claimsOf(t, tokens["id_token"])
	b.get(logoutOf("id_token_hint", tokens["id_token"].(string)))
	r.answers(status(503))
	w.drain(w.server)
	r.answers(status(http.StatusNoContent))
	w.clock.move(mostPause)
	w.drain(w.server)
	came := r.got()
	if len(came) != 2 {
		t.Fatalf("got %d tokens, want one of each attempt", len(came))
	}
	token := came[1]
	prove(t, "L-12 verifies with the published keys", func(t *testing.T) {
		parsed, err := jwt.NewParser(jwt.WithTimeFunc(w.clock.now), jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(), jwt.WithIssuedAt()).
			Parse(token, func(k *jwt.Token) (any, error) {
				return rsaOf(t, published(t, w)[k.Header["kid"].(string)]), nil
			})
		if err != nil || parsed.Header["typ"] != "logout+jwt" || len(parsed.Header) != 3 {
			t.Errorf("got %v %v", parsed.Header, err)
		}
	})
	prove(t, "L-12 has these claims and no other", func(t *testing.T) {
		claims, now := claimsOf(t, token), float64(w.clock.now().Unix())
		if jti, _ := claims["jti"].(string); len(jti) < 20 || jti == claimsOf(t, came[0])["jti"] {
			t.Errorf("its jti %q is guessable, or that of the attempt before", jti)
		}
		delete(claims, "jti")
		want := map[string]any{
			"iss": issuer, "aud": []any{"reports"}, "iat": now, "exp": now + 120, "sub": id["sub"], "sid": id["sid"],
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
		}
		if diff := gocmp.Diff(want, claims); diff != "" {
			t.Error(diff)
		}
	})
	prove(t, "B-12 is no access token", func(t *testing.T) { refused(t, w.probe(token), 401, "invalid_token") })
	prove(t, "L-06 is no hint of who is meant", func(t *testing.T) {
		b.reportsTokens("ada@example.com", "openid")
		isPage(t, b.get(logoutOf("id_token_hint", token)), 400, "not an ID token of this server")
		sentBack(t, b.authorize("id_token_hint", token, "prompt", "none"), "invalid_request")
		if b.signedOut() {
			t.Error("it signed the person out")
		}
	})
	prove(t, "L-12 authenticates no application, even one that has this server's keys", func(t *testing.T) {
		var signer *signingKey
		for _, k := range w.server.keys.all() {
			if k.Alg == "RS256" {
				signer = k
			}
		}
		w.apply(NewClient{ID: id["sub"].(string), Name: "Confused", Type: "machine", JWKS: jwksOf(signer),
			Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}})
		refused(t, w.asserted(token), 401, "invalid_client")
	})
	prove(t, "L-12 discovery tells of it", func(t *testing.T) {
		m := b.get("/.well-known/openid-configuration").json()
		if m["backchannel_logout_supported"] != true || m["backchannel_logout_session_supported"] != true {
			t.Errorf("got %v, %v", m["backchannel_logout_supported"], m["backchannel_logout_session_supported"])
		}
	})
}

// heard is a world in which ada is signed in to Reports in b and to the phone app in other.
type heard struct {
	*world
	b, other *browser
	tokens   map[string]any // of Reports
}

func TestConformanceWhoIsToldThatASessionEnded(t *testing.T) {
	const here, there = "here", "there"
	for name, c := range map[string]struct {
		do   func(h *heard)
		want []string // application and browser
	}{
		"L-12 logout": {func(h *heard) { h.b.get(logoutOf("id_token_hint", h.tokens["id_token"].(string))) }, []string{"reports here"}},
		"L-13 ended at the account page": {func(h *heard) {
			h.b.send("/account/sessions/end", "session", h.other.sessionOf())
		}, []string{"app there"}},
		"L-13 signed out everywhere": {func(h *heard) { h.b.send("/account/sessions/end-all") }, []string{"app there", "reports here"}},
		"L-13 an administrator revokes the person's tokens": {func(h *heard) {
			h.clock.move(time.Second)
			if err := h.revokeBefore(Holders{User: h.idOf("ada@example.com")}, h.clock.now()); err != nil {
				h.Error(err)
			}
		}, []string{"app there", "reports here"}},
		"L-13 an administrator revokes an application's tokens": {func(h *heard) {
			h.clock.move(time.Second)
			if err := h.revokeBefore(Holders{Client: "reports"}, h.clock.now()); err != nil {
				h.Error(err)
			}
		}, []string{"reports here"}},
		"L-13 the password changed": {func(h *heard) {
			h.b.send("/account/password", "current", password, "new", "another horse battery", "again", "another horse battery")
		}, []string{"app there"}},
		"L-13 the person is shut out": {func(h *heard) {
			err := h.server.change(h.Context(), func(tx *gorm.DB, n *news) error {
				return endEverything(tx, n, claimsOf(h, h.tokens["id_token"])["sub"].(string))
			})
			if err != nil {
				h.Error(err)
			}
		}, []string{"app there", "reports here"}},
		"L-13 the person takes an app's access back, and then logs out": {func(h *heard) {
			h.b.send("/account/apps/revoke", "client_id", "app")
			h.drain(h.server)
			h.other.post("/oidc/logout", url.Values{"csrf": {csrfOf(h, h.other.get("/oidc/logout"))}})
		}, []string{"app there"}},
		"L-13 access is taken back from an app that needs a session": {func(h *heard) {
			h.apply(NewClient{ID: "app", Name: "Phone app", Type: "native", RedirectURIs: []string{appURI}, Scopes: []string{"openid"},
				BackchannelLogoutURI: h.deliverTo("app"), BackchannelLogoutSessionRequired: true})
			h.b.send("/account/sessions/end", "session", h.other.sessionOf())
			h.b.send("/account/apps/revoke", "client_id", "app")
		}, []string{"app there"}},
		"L-13 access is taken back when the session is over": {func(h *heard) {
			h.b.send("/account/sessions/end", "session", h.other.sessionOf())
			h.b.send("/account/apps/revoke", "client_id", "app")
		}, []string{"app nobody", "app there"}},
		"L-13 somebody else signs in in the browser": {func(h *heard) { h.b.signIn(h.b.authorize("prompt", "login"), "mia@example.com", password) }, []string{"reports here"}},
		"L-13 by an ID token alone": {func(h *heard) {
			h.b.send("/account/sessions/end", "session", h.other.sessionOf())
			h.drain(h.server)
			h.other.signIn(h.other.authorize(askingForID()...), "ada@example.com", password)
			h.other.post("/oidc/logout", url.Values{"csrf": {csrfOf(h, h.other.get("/oidc/logout"))}})
		}, []string{"app there", "reports new"}},
		"L-13 a device": {func(h *heard) {
			_, code := h.device()
			h.b.settle(code, "ada@example.com", "allow")
			h.b.get(logoutOf("id_token_hint", h.tokens["id_token"].(string)))
		}, []string{"app here", "reports here"}},
		"L-13 days later, when nothing is left of the authorization": {func(h *heard) {
			for range 3 {
				h.clock.move(24 * time.Hour)
				h.b.get("/account")
				if err := h.server.sweep(h.Context()); err != nil {
					h.Error(err)
				}
			}
			h.b.get(logoutOf("id_token_hint", h.tokens["id_token"].(string)))
		}, []string{"reports here"}},
		"L-13 not an application that is disabled": {func(h *heard) {
			h.disable("reports")
			h.b.send("/account/sessions/end-all")
		}, []string{"app there"}},
		"L-13 not an application that gave no address": {func(h *heard) {
			h.apply(reportsAt(""))
			h.b.send("/account/sessions/end-all")
		}, []string{"app there"}},
		"L-13 nobody, if the write that ended it failed": {func(h *heard) {
			err := h.server.change(h.Context(), func(tx *gorm.DB, n *news) error {
				return cmp.Or(endSession(tx, n, h.b.sessionOf()), errors.New("the disk is full"))
			})
			if err == nil || h.b.signedOut() {
				h.Error("the session ended")
			}
		}, nil},
		"L-13 once, however often it is ended": {func(h *heard) {
			for range 2 {
				if err := h.server.endSessionNow(h.Context(), claimsOf(h, h.tokens["id_token"])["sid"].(string)); err != nil {
					h.Error(err)
				}
			}
		}, []string{"reports here"}},
	} {
		prove(t, name, func(t *testing.T) {
			w, r := newHeard(t)
			h := &heard{world: w, b: w.browser(), other: w.browser()}
			h.world.TB = t
			h.tokens = h.b.reportsTokens("ada@example.com", "openid read:timesheets")
			h.other.code("ada@example.com")
			names := map[string]string{h.b.sessionOf(): here, h.other.sessionOf(): there, "": "nobody"}
			c.do(h)
			w.drain(w.server)
			got := toldIn(t, r.got())
			for i, one := range got {
				client, sid, _ := strings.Cut(one, " ")
				got[i] = client + " " + cmp.Or(names[sid], "new")
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("told were %q, want %q", got, c.want)
			}
			if wrong := strings.ReplaceAll(w.states(), "delivered", ""); strings.TrimSpace(wrong) != "" {
				t.Errorf("deliveries are %s", w.states())
			}
		})
	}
}

// deliverTo is where an application is told.
func (w *world) deliverTo(client string) string {
	return w.server.policy.Load().clients[client].BackchannelLogoutURI
}

// A session may end while an application is being sent what it is to learn of it.
func TestConformanceNobodyLearnsOfASessionThatEnded(t *testing.T) {
	holds(t, "L-13")
	w, _ := newHeard(t)
	b := w.browser()
	b.code("ada@example.com")
	id := b.sessionOf()
	w.endSession()
	err := w.server.change(t.Context(), func(tx *gorm.DB, _ *news) error { return joinSession(tx, id, "reports") })
	if asError(err).Code != "login_required" {
		t.Errorf("got %v", err)
	}
}

// ended signs ada out of Reports in a fresh browser, so that a logout token is due.
func (w *world) ended() {
	w.Helper()
	b := w.browser()
	hint := b.reportsTokens("ada@example.com", "openid")["id_token"].(string)
	if b.get(logoutOf("id_token_hint", hint)); !b.signedOut() {
		w.Fatal("the session goes on")
	}
}

// due makes logout tokens of so many sessions due at Reports.
func (w *world) due(many int) {
	w.Helper()
	err := w.server.change(w.Context(), func(_ *gorm.DB, n *news) error {
		var rows []logoutDelivery
		for i := range many {
			rows = append(rows, logoutDelivery{ClientID: "reports", UserID: "usr_1", SessionID: fmt.Sprint("ses_", i)})
		}
		return n.sendLogouts(rows)
	})
	if err != nil {
		w.Fatal(err)
	}
}

func TestConformanceALogoutTokenIsTriedAgain(t *testing.T) {
	breakOff := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	away := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}
	for name, how := range map[string]http.HandlerFunc{
		"500": status(500), "503": status(503), "429": status(429), "404": status(404), "a redirect, which isn't followed": away, "a broken connection": breakOff,
	} {
		prove(t, "L-13 after "+name, func(t *testing.T) {
			w, r := newHeard(t)
			w.ended()
			r.answers(how)
			w.drain(w.server)
			if n := len(r.got()); n != 1 || w.states() != "waiting" || w.deliveries()[0].LastError == "" {
				t.Fatalf("it was tried %d times, and is %+v", n, w.deliveries())
			}
			w.clock.move(logoutPause/2 - time.Second)
			if w.drain(w.server); len(r.got()) != 0 {
				t.Error("it was tried again at once")
			}
			r.answers(nil)
			w.clock.move(logoutPause)
			w.drain(w.server)
			if n := len(r.got()); n != 1 || w.states() != "delivered" || w.deliveries()[0].LastError != "" {
				t.Errorf("it was tried %d times, and is %+v", n, w.deliveries())
			}
			w.clock.move(logoutLife)
			if w.drain(w.server); len(r.got()) != 0 {
				t.Error("it was sent again after it was delivered")
			}
		})
	}
	prove(t, "L-13 not after 400", func(t *testing.T) {
		w, r := newHeard(t)
		w.ended()
		r.answers(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, "{\"error\":\"invalid_request\"}\x00\xff"+strings.Repeat("x", 1<<20))
		})
		w.drain(w.server)
		w.clock.move(logoutLife)
		w.drain(w.server)
		last := w.deliveries()[0].LastError
		if n := len(r.got()); n != 1 || w.states() != "refused" || !contains(last, "invalid_request") || len(last) > 500 {
			t.Errorf("it was tried %d times, and is %+v", n, w.deliveries())
		}
	})
	prove(t, "L-13 for a day, ever less often", func(t *testing.T) {
		w, r := newHeard(t)
		w.ended()
		r.answers(status(500))
		began := w.clock.now()
		for w.states() == "waiting" && w.clock.now().Before(began.Add(2*logoutLife)) {
			w.drain(w.server)
			w.clock.move(5 * time.Minute)
		}
		took := w.clock.now().Sub(began)
		if n := len(r.got()); w.states() != "given up" || n < 24 || n > 60 || took > logoutLife+time.Hour || took < logoutLife-2*mostPause {
			t.Errorf("it was tried %d times in %s, and is %s", n, took, w.states())
		}
		w.clock.move(logoutLife)
		if w.drain(w.server); len(r.got()) != 0 {
			t.Error("it was tried again after it was given up")
		}
	})
	prove(t, "L-13 what is over is swept out a day later, what waits is not", func(t *testing.T) {
		w, r := newHeard(t)
		w.ended()
		w.drain(w.server)
		w.clock.move(logoutLife)
		w.ended()
		w.clock.move(maxTokenLife + time.Second)
		if err := w.server.sweep(t.Context()); err != nil || w.states() != "waiting" || len(r.got()) != 1 {
			t.Errorf("left are %q, %v", w.states(), err)
		}
	})
}

func TestConformanceThePauseBetweenAttemptsGrows(t *testing.T) {
	holds(t, "L-13")
	for attempts, most := range map[int]time.Duration{1: logoutPause, 2: 2 * logoutPause, 5: 16 * logoutPause, 10: 512 * logoutPause, 11: mostPause, 64: mostPause, 1000: mostPause} {
		for range 20 {
			if pause := pauseAfter(attempts); pause < most/2 || pause >= most {
				t.Errorf("after %d attempts it is %s, want between %s and %s", attempts, pause, most/2, most)
			}
		}
	}
}

func TestConformanceTheQueueOutlivesTheServer(t *testing.T) {
	w, r := newHeard(t)
	restarted := func() *Server {
		s := w.open()
		s.fetch = reaching(r.Server)
		return s
	}
	prove(t, "L-13 that never sent anything", func(t *testing.T) {
		w.ended()
		w.drain(restarted())
		if len(r.got()) != 1 || w.states() != "delivered" {
			t.Errorf("it is %s", w.states())
		}
	})
	prove(t, "L-13 that was killed while it sent, after others were sure of it", func(t *testing.T) {
		w.ended()
		if d, err := w.server.claimLogout(t.Context(), []string{""}); d == nil || err != nil {
			t.Fatal(d, err)
		}
		next := restarted()
		if w.drain(next); len(r.got()) != 0 {
			t.Error("two instances send it at once")
		}
		w.clock.move(logoutLease)
		if w.drain(next); len(r.got()) != 1 || w.states() != "delivered delivered" {
			t.Errorf("it is %s", w.states())
		}
	})
	prove(t, "L-13 that was stopped while it sent", func(t *testing.T) {
		w.ended()
		hold := make(chan struct{})
		r.answers(func(http.ResponseWriter, *http.Request) { <-hold })
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.server.Run(ctx) })
		r.next(t)
		stop()
		running.Wait()
		close(hold)
		r.answers(nil)
		if w.drain(restarted()); len(r.got()) != 1 || w.states() != "delivered delivered delivered" {
			t.Errorf("it is %s", w.states())
		}
	})
}

func TestConformanceTwoInstancesSendALogoutTokenOnce(t *testing.T) {
	holds(t, "L-13")
	w, r := newHeard(t)
	second := w.open()
	second.fetch, second.log = w.server.fetch, w.server.log
	const many = 12
	w.due(many)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, s := range []*Server{w.server, second} {
		running.Go(func() { s.deliverLogouts(ctx) })
		s.wakeLogouts()
	}
	seen := map[string]bool{}
	for range many {
		seen[toldIn(t, []string{r.next(t)})[0]] = true
	}
	for began := time.Now(); strings.Contains(w.states(), "waiting") && time.Since(began) < 20*time.Second; { // to be noted
		runtime.Gosched()
	}
	stop()
	running.Wait()
	if again := r.got(); len(seen) != many || len(again) != 0 || w.states() != strings.TrimSpace(strings.Repeat("delivered ", many)) {
		t.Errorf("%d sessions of %d were told, and %d again: %s", len(seen), many, len(again), w.states())
	}
}

func TestConformanceAReceiverThatHangsHoldsUpNobodyElse(t *testing.T) {
	holds(t, "L-13")
	w, slow := newHeard(t)
	quick := newReceiver(t) // with the same certificate, as all of httptest's
	w.apply(NewClient{ID: "app", Name: "Phone app", Type: "native", RedirectURIs: []string{appURI}, Scopes: []string{"openid"}, BackchannelLogoutURI: quick.URL + "/out"})
	hold := make(chan struct{})
	slow.answers(func(http.ResponseWriter, *http.Request) { <-hold })
	defer close(hold)
	w.due(2 * logoutsAtOnce)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.server.Run(ctx) })
	defer running.Wait()
	defer stop()
	for range logoutsPerApp {
		slow.next(t)
	}
	b := w.browser()
	b.code("ada@example.com", "scope", "openid")
	id := b.sessionOf()
	began := time.Now()
	if err := w.server.endSessionNow(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := toldIn(t, []string{quick.next(t)}); got[0] != "app "+id {
		t.Errorf("got %q", got)
	}
	if time.Since(began) > 3*time.Second {
		t.Errorf("it took %s", time.Since(began))
	}
	if n := len(slow.got()); n != 0 {
		t.Errorf("an application that hangs is sent %d at once", n+logoutsPerApp)
	}
}

func TestConformanceAReceiverThatHangsIsCutOff(t *testing.T) {
	holds(t, "L-13")
	w, r := newHeard(t)
	w.ended()
	if w.server.fetch.client.Timeout != 5*time.Second {
		t.Errorf("it may take %s", w.server.fetch.client.Timeout)
	}
	w.server.fetch.client.Timeout = 300 * time.Millisecond
	hold := make(chan struct{})
	defer close(hold)
	for name, how := range map[string]http.HandlerFunc{
		"before its answer": func(http.ResponseWriter, *http.Request) { <-hold },
		"within its answer": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			<-hold
		},
	} {
		prove(t, "L-13 "+name, func(t *testing.T) {
			r.answers(how)
			began := time.Now()
			w.drain(w.server)
			if len(r.got()) != 1 || w.states() != "waiting" || time.Since(began) > 4*time.Second {
				t.Errorf("it is %s after %s", w.states(), time.Since(began))
			}
			w.clock.move(mostPause)
		})
	}
}

// endSessionNow ends a session as every way out does, without a browser.
func (s *Server) endSessionNow(ctx context.Context, id string) error {
	return s.change(ctx, func(tx *gorm.DB, n *news) error { return endSession(tx, n, id) })
}
