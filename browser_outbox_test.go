//go:build browser

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// wire lies between a browser and the server, and notes what is written to entries. A test has it break.
type wire struct {
	http.Handler
	mu     sync.Mutex
	fault  func(http.ResponseWriter, *http.Request, http.Handler)
	silent []string // paths under which nothing is answered
	writes []sentWrite
}

type sentWrite struct {
	method, path, key string
	at                time.Time
}

func (s sentWrite) String() string { return s.method + " " + s.path }

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	fault := w.fault
	entry := strings.HasPrefix(r.URL.Path, "/timesheets/") && r.Method != http.MethodGet
	if entry && r.Header.Get("DPoP") != "" {
		w.writes = append(w.writes, sentWrite{r.Method, r.URL.Path, r.Header.Get("Idempotency-Key"), time.Now()})
	}
	silent := slices.ContainsFunc(w.silent, func(path string) bool { return strings.HasPrefix(r.URL.Path, path) })
	w.mu.Unlock()
	if silent {
		<-r.Context().Done()
		return
	}
	if fault == nil || !entry {
		w.Handler.ServeHTTP(rw, r)
		return
	}
	fault(rw, r, w.Handler)
}

// breaks has writes go wrong from now on; nil mends it.
func (w *wire) breaks(fault func(http.ResponseWriter, *http.Request, http.Handler)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
}

// hangs has nothing answered under those paths, until the next call.
func (w *wire) hangs(paths ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = paths
}

// wrote is what came since it was asked last.
func (w *wire) wrote() []sentWrite {
	w.mu.Lock()
	defer w.mu.Unlock()
	writes := w.writes
	w.writes = nil
	return writes
}

// losesAnswers has the server do what it is asked, and nobody learn of it.
func losesAnswers(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

func answers(status int, header ...string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		fmt.Fprint(w, `{"type": "about:blank", "title": "Not now"}`)
	}
}

func serveOverWire(t *testing.T) (*wire, string) {
	t.Helper()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{}
	_, issuer := serveBehind(t, t.TempDir(), p, func(h http.Handler) http.Handler { w.Handler = h; return w })
	return w, issuer
}

// beside is another tab of the same browser profile.
func (p tab) beside(path string) tab {
	p.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.Cleanup(cancel)
	other := tab{p.T, ctx}
	other.as(phoneView)
	other.do(chromedp.Navigate(evaluate[string](p, "location.origin") + path))
	return other
}

// line puts a line without time on the phone's day.
func (p tab) line(task string) {
	p.Helper()
	p.until(`document.querySelector(".phone-week .dock")`)
	inApp[bool](p, fmt.Sprintf(`const week = await import(base + "lib/week.js"), project = [...week.projects.value.values()].find((x) => x.name === "StoreZero");
		week.addRow({ project_id: project.id, task: %q }); return true;`, task))
	p.until(fmt.Sprintf(`[...document.querySelectorAll(".entry")].some((e) => e.innerText.includes(%q) && e.querySelector(".chips"))`, task))
}

// chip takes one of the usual durations for a line: 30 minutes, 1, 2, 4 and 8 hours.
func (p tab) chip(task string, n int) {
	p.Helper()
	evaluate[bool](p, fmt.Sprintf(`[...document.querySelectorAll(".entry")].find((e) => e.innerText.includes(%q)).querySelectorAll(".chips button")[%d].click() ?? true`, task, n))
}

// more adds a quarter of an hour.
func (p tab) more(task string) {
	p.Helper()
	evaluate[bool](p, fmt.Sprintf(`[...document.querySelectorAll(".entry")].find((e) => e.innerText.includes(%q)).querySelector(".step button:last-child").click() ?? true`, task))
}

func (p tab) back() {
	p.Helper()
	p.online(true)
	evaluate[bool](p, `(dispatchEvent(new Event("online")), true)`)
}

func TestBrowserTwoTabsShareOneOutbox(t *testing.T) {
	w, issuer := serveOverWire(t)
	one := openPhone(t, phoneView, issuer)
	two := one.beside("/app/")
	two.line("Build")
	one.online(false)
	two.online(false)
	one.chip("Review", 0)
	one.until(`document.querySelector(".unsent")?.innerText.includes("1 not sent")`)
	two.chip("Build", 1)
	two.until(`document.querySelector(".unsent")?.innerText.includes("2 not sent")`)
	one.until(`document.querySelector(".unsent")?.innerText.includes("2 not sent")`)
	one.more("Review")
	one.line("Design")
	one.chip("Design", 2)
	two.until(`document.querySelector(".unsent")?.innerText.includes("3 not sent")`)
	two.more("Build")
	two.until(`document.querySelector(".dock .big").innerText.startsWith("1:15")`)
	if early := w.wrote(); len(early) != 0 {
		t.Fatalf("without a network, %v was sent", early)
	}

	two.back()
	one.back()
	one.sent()
	two.sent()
	made := 0
	var paths []string // in the order in which they came first
	writes := w.wrote()
	for _, s := range writes {
		if s.method == http.MethodPut {
			made++
		}
		if !slices.Contains(paths, s.path) {
			paths = append(paths, s.path)
		}
	}
	order := one.filed()
	slices.Sort(order)
	// What was changed while it was being tried comes as a change of its own.
	if made != 3 || len(writes) > 5 || !slices.Equal(order, []int{45, 75, 120}) {
		t.Errorf("what two tabs wrote was sent as %v, and the server has %v", writes, order)
	}
	if want := inApp[[]string](one, `return (await api.all("/timesheets?limit=200", { cached: false }))
		.sort((a, b) => ["Review", "Build", "Design"].indexOf(a.task) - ["Review", "Build", "Design"].indexOf(b.task)).map((e) => "/timesheets/" + e.id);`); !slices.Equal(paths, want) {
		t.Errorf("it was sent in the order %v, want %v", paths, want)
	}
	for _, p := range []tab{one, two} { // each shows what the other wrote
		p.until(`document.querySelector(".dock .big").innerText.startsWith("4:00")`)
	}

	// Both change the same line: that is no conflict with somebody else, and the later one holds.
	one.online(false)
	two.online(false)
	one.more("Design")
	one.until(`document.querySelector(".unsent")`)
	evaluate[bool](two, `(() => { const i = [...document.querySelectorAll(".entry")].find((e) => e.innerText.includes("Design")).querySelector("input"); i.value = "0:30"; i.dispatchEvent(new Event("change", {bubbles: true})); return true; })()`)
	two.until(`document.querySelector(".unsent") && document.querySelector(".dock .big").innerText.startsWith("2:30")`)
	one.back()
	two.back()
	one.sent()
	two.sent()
	for _, p := range []tab{one, two} {
		p.until(`document.querySelector(".dock .big").innerText.startsWith("2:30") && !document.querySelector(".entry[data-status=refused]")`)
	}
	w.wrote()

	// A tab that is closed leaves what it wrote to the other.
	three := one.beside("/app/")
	three.until(`document.querySelector(".phone-week .dock")`)
	three.online(false)
	three.more("Review")
	three.until(`document.querySelector(".unsent")`)
	three.online(false)
	if err := chromedp.Cancel(three.ctx); err != nil {
		t.Fatal(err)
	}
	one.more("Design")
	one.sent()
	one.until(`document.querySelector(".dock .big").innerText.startsWith("3:00")`)
	if got := w.wrote(); len(got) != 2 {
		t.Errorf("what a closed tab left and one change of this one were sent as %v", got)
	}
}

func TestBrowserALostAnswerIsAskedForAgain(t *testing.T) {
	w, issuer := serveOverWire(t)
	p := openPhone(t, phoneView, issuer)
	lost := func(what string, act func()) []sentWrite {
		t.Helper()
		w.wrote()
		w.breaks(losesAnswers)
		act()
		p.until(`document.querySelector(".unsent")`)
		w.breaks(nil)
		evaluate[bool](p, `(dispatchEvent(new Event("online")), true)`)
		p.sent()
		writes := w.wrote()
		if len(writes) < 2 {
			t.Errorf("%s was not sent again: %v", what, writes)
		}
		for _, s := range writes {
			if s.String() != writes[0].String() || s.key != writes[0].key {
				t.Errorf("%s was sent as %v", what, writes)
			}
		}
		return writes
	}
	holds := func(want ...int) {
		t.Helper()
		if got := p.filed(); !slices.Equal(got, want) {
			t.Errorf("the server has %v, want %v", got, want)
		}
	}
	lost("a new entry", func() { p.chip("Review", 1) })
	holds(60)
	lost("a change", func() { p.more("Review") })
	holds(75)
	p.until(`document.querySelector(".entry .step input").value === "1:15"`)

	// Deleted elsewhere, and brought back: a POST with its key.
	inApp[bool](p, `const [e] = (await api.get("/timesheets", { cached: false })).body; await api.del("/timesheets/" + e.id, { headers: { "If-Match": '"' + e.revision + '"' } }); return true;`)
	p.more("Review")
	p.until(`document.querySelector(".unsent.bad")`)
	p.click(".dock .unsent.bad")
	p.until(`document.querySelector("dialog[open] .refusal")`)
	p.fits("phone-deleted-elsewhere")
	w.wrote()
	w.breaks(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost {
			losesAnswers(rw, r, next)
		}
		next.ServeHTTP(rw, r)
	})
	p.click("dialog .refusal .btn.primary")
	p.until(`document.querySelector(".unsent:not(.bad)")`)
	w.breaks(nil)
	evaluate[bool](p, `(dispatchEvent(new Event("online")), true)`)
	p.sent()
	var keys []string
	for _, s := range w.wrote() {
		if s.method == http.MethodPost {
			keys = append(keys, s.key)
		}
	}
	if len(keys) < 2 || keys[0] == "" || len(slices.Compact(keys)) != 1 {
		t.Errorf("a POST was sent again with the keys %q", keys)
	}
	holds(90)
	p.click("dialog[open] header .btn")
	p.until(`document.querySelector(".entry .step input").value === "1:30"`)

	p.until(`!document.querySelector(".entry .refused")`) // what was decided is not open in its cell any more
	lost("a deletion", func() {
		p.write(".entry .step input", "0")
		evaluate[bool](p, `document.querySelector(".entry .step input").dispatchEvent(new Event("change", {bubbles: true}))`)
	})
	holds()
}

func TestBrowserTheOutboxPausesAndGoesOn(t *testing.T) {
	w, issuer := serveOverWire(t)
	p := openPhone(t, phoneView, issuer)
	begun := time.Now()
	w.breaks(answers(http.StatusTooManyRequests, "Retry-After", "2"))
	p.chip("Review", 1)
	p.until(`document.querySelector(".unsent")`)
	p.click(".dock .unsent")
	p.until(`document.querySelector("dialog[open]")?.innerText.includes("The server asked for a pause")`)
	w.breaks(nil)
	p.fits("phone-busy")
	p.click("dialog[open] .form-foot .primary") // "Send now" can't shorten what the server asked for
	p.click("dialog[open] header .btn")
	p.sent()
	if writes := w.wrote(); len(writes) != 2 || writes[1].at.Sub(writes[0].at) < 1900*time.Millisecond {
		t.Errorf("with two seconds to wait it was sent as %v after %s", writes, time.Since(begun))
	}

	w.breaks(answers(http.StatusServiceUnavailable))
	p.more("Review")
	p.until(`document.querySelector(".unsent")`)
	p.line("Build")
	p.chip("Build", 0) // comes after it, and waits with it
	p.until(`document.querySelector(".unsent").innerText.includes("2 not sent")`)
	if writes := w.wrote(); len(writes) != 1 {
		t.Errorf("an unavailable server was asked %v", writes)
	}
	w.breaks(nil)
	p.sent() // by itself
	if got := p.filed(); !slices.Equal(got, []int{75, 30}) && !slices.Equal(got, []int{30, 75}) {
		t.Errorf("the server has %v", got)
	}

	// What is refused for good is set aside, and what comes after it is sent.
	w.wrote()
	w.breaks(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPatch {
			answers(http.StatusForbidden)(rw, r, next)
			return
		}
		next.ServeHTTP(rw, r)
	})
	p.line("Design")
	p.more("Review")
	p.chip("Design", 2)
	p.until(`document.querySelector(".unsent.bad")?.innerText.includes("1 not sent")`)
	p.until(`[...document.querySelectorAll(".entry")].find((e) => e.innerText.includes("Review")).querySelector("input").value === "1:30"`)
	w.breaks(nil)
	p.do(chromedp.Reload())
	p.until(`document.querySelector(".unsent.bad")`)
	p.until(`document.querySelector(".entry[data-status=refused]")?.innerText.includes("Review") && document.querySelector(".entry[data-status=refused] input").value === "1:30"`)
	p.until(`document.querySelector(".dock .big").innerText.startsWith("3:45")`) // of which it is no part
	p.click(".dock .unsent.bad")
	p.until(`document.querySelector("dialog[open] .refusal")?.innerText.includes("1:30")`)
	p.fits("phone-refused")
	p.click("dialog .refusal .btn.primary")
	p.sent()
	p.until(`!document.querySelector(".entry[data-status=refused]") && document.querySelector(".dock .big").innerText.startsWith("4:00")`)
	got := p.filed()
	slices.Sort(got)
	if !slices.Equal(got, []int{30, 90, 120}) {
		t.Errorf("tried again, the server has %v", got)
	}
}

// loginAgain is what whoever was signed out sees, up to where somebody is signed in again.
func (p tab) loginAgain(email string) {
	p.Helper()
	p.click(".again .btn")
	p.until(`location.pathname === "/login" && document.querySelector("#password")`)
	p.fill("#email", email, "#password", examplePassword)
	p.do(chromedp.Click(chromedp.CSS("button.primary")))
	p.until(`location.pathname.startsWith("/app/") && document.querySelector(".phone-week .dock")`)
}

func TestBrowserWhatIsUnsentOutlivesARevokedSession(t *testing.T) {
	issuer := exampleServer(t)
	chromium := startChromium(t)
	p := openApp(t, chromium, phoneView, issuer, "ada@exampleco.com", "/app/")
	p.line("Review")
	other := p.beside("/app/")
	other.until(`document.querySelector(".phone-week .dock")`)

	elsewhere := openTab(t, chromium)
	elsewhere.do(chromedp.Navigate(issuer + "account/apps"))
	elsewhere.fill("#email", "ada@exampleco.com", "#password", examplePassword)
	elsewhere.submit("button.primary")
	elsewhere.submit(".everywhere button")
	p.chip("Review", 1)
	p.until(`document.querySelector(".again[open]") && document.querySelector(".unsent")`)
	p.more("Review")
	p.until(`document.querySelector(".entry .step input").value === "1:15"`)
	p.fits("phone-signed-out")
	other.until(`document.querySelector(".unsent")`)
	p.loginAgain("ada@exampleco.com")
	p.sent()
	if got := p.filed(); !slices.Equal(got, []int{75}) {
		t.Errorf("signed in again, the server has %v", got)
	}
	p.until(`document.querySelector(".entry .step input").value === "1:15"`)
	other.until(`!document.querySelector(".again") && document.querySelector(".dock .big").innerText.startsWith("1:15")`)

}

// TestBrowserADialogOutlivesARevokedSession: what isn't even saved yet would go with the page.
func TestBrowserADialogOutlivesARevokedSession(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	p := openApp(t, chromium, phoneView, issuer, "ada@exampleco.com", "/app/")
	p.line("Review")
	p.chip("Review", 1)
	p.until(`document.querySelector(".dock .big").innerText.startsWith("1:00")`)
	p.sent()
	p.click(".phone-week .day-list > header .btn")
	p.click("dialog .line footer .btn")
	p.until(`document.querySelector("dialog textarea")`)
	p.write("dialog textarea", "a note that took long to write")
	elsewhere := openTab(t, chromium)
	elsewhere.do(chromedp.Navigate(issuer + "account/apps"))
	elsewhere.fill("#email", "ada@exampleco.com", "#password", examplePassword)
	elsewhere.submit("button.primary")
	elsewhere.submit(".everywhere button")
	inApp[bool](p, `await api.get("/me").catch(() => {}); return true;`)
	p.until(`document.querySelector(".again:modal .btn.primary")`)
	p.fits("phone-signed-out-dialog")
	opened := chromedp.WaitNewTarget(p.ctx, func(*target.Info) bool { return true })
	p.do(chromedp.Click(chromedp.CSS(".again .btn.primary")))
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(<-opened))
	defer cancel()
	beside := tab{t, ctx}
	beside.until(`location.pathname === "/login" && document.querySelector("#password")`)
	beside.fill("#email", "ada@exampleco.com", "#password", examplePassword)
	beside.do(chromedp.Click(chromedp.CSS("button.primary")))
	p.until(`!document.querySelector(".again") && document.querySelector("dialog textarea").value === "a note that took long to write"`)
	p.click("dialog form .primary")
	p.until(`document.querySelector("dialog .note-text")`)
	p.sent()
	if note := inApp[string](p, `return (await api.get("/timesheets", { cached: false })).body[0].note;`); note != "a note that took long to write" {
		t.Errorf("the note is %q", note)
	}
}

func TestBrowserWhatIsUnsentWaitsForItsOwner(t *testing.T) {
	w, issuer := serveOverWire(t)
	chromium := startChromium(t)
	grace := openAdmin(t, chromium, views[0], issuer, "/app/admin/people")
	p := openApp(t, chromium, phoneView, issuer, "ada@exampleco.com", "/app/")
	p.line("Review")
	p.chip("Review", 1)
	p.more("Review")
	p.until(`document.querySelector(".dock .big").innerText.startsWith("1:15")`)
	p.sent()
	// Ended by an administrator; then somebody else uses the browser.
	inApp[bool](grace, `const users = (await api.get("/api/v2/users?q=" + encodeURIComponent('email:"ada@exampleco.com"'), { api: "management", cached: false })).body, [ada] = users.users ?? users;
		for (const what of ["sessions", "refresh-tokens"]) await api.del("/api/v2/users/" + encodeURIComponent(ada.user_id) + "/" + what, { api: "management" }); return true;`)
	w.wrote()
	p.more("Review")
	p.until(`document.querySelector(".again[open]") && document.querySelector(".unsent")`)
	p.loginAgain("mia@exampleco.com")
	p.until(`!document.querySelector(".unsent") && document.querySelector(".dock .big").innerText.startsWith("0:00")`)
	if n := len(p.filed()); n != 1 { // Ada's, whom she manages
		t.Errorf("Mia sees %d entries", n)
	}
	if at := inApp[int](p, `return (await (await import(base + "lib/vault.js")).run("session", "readonly", (s) => s.getAllKeys())).filter((k) => k === "refresh-management").length;`); at != 0 {
		t.Error("another person's token is left")
	}
	p.click(".avatar")
	p.click("#account-menu > button")
	p.until(`location.pathname === "/login" && document.querySelector("#password")`)
	for _, s := range w.wrote() {
		if s.method != http.MethodPatch {
			t.Errorf("as another person, %v was sent", s)
		}
	}
	p.fill("#email", "ada@exampleco.com", "#password", examplePassword)
	p.do(chromedp.Click(chromedp.CSS("button.primary")))
	p.until(`document.querySelector(".phone-week .dock")`)
	p.sent()
	if got := p.filed(); !slices.Equal(got, []int{90}) {
		t.Errorf("when its owner is back, the server has %v", got)
	}

	// Who signs out for good and was asked leaves nothing of it.
	w.breaks(answers(http.StatusServiceUnavailable))
	p.more("Review")
	p.until(`document.querySelector(".unsent")`)
	p.click(".avatar")
	p.click("#account-menu > button")
	p.click("dialog[open] .btn.bad")
	p.until(`location.pathname === "/login"`)
	if left := evaluate[int](p, `new Promise((ok) => { const r = indexedDB.open("punchcard"); r.onsuccess = () => {
		const all = r.result.transaction("outbox").objectStore("outbox").count(); all.onsuccess = () => ok(all.result); } })`); left != 0 {
		t.Errorf("%d writes of who signed out are left", left)
	}
}

func TestBrowserDoesNotWaitForever(t *testing.T) {
	w, issuer := serveOverWire(t)
	p := openApp(t, startChromium(t), views[0], issuer, "ada@exampleco.com", "/app/reports")
	hurry := page.AddScriptToEvaluateOnNewDocumentParams{Source: `const timeout = AbortSignal.timeout.bind(AbortSignal);
		AbortSignal.timeout = (ms) => { if (ms > 30_000) throw new Error("that is long"); return timeout(ms / 40); };`}
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, hurry); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Navigate(issuer + "app/notifications"))
	p.until(`document.querySelector("main .page") && !document.querySelector("main .loading")`)
	w.hangs("/notifications", "/periods")
	p.do(chromedp.Navigate(issuer + "app/notifications"))
	p.until(`document.querySelector("main .alert")?.innerText.includes("The server doesn't answer")`)
	p.fits("no-answer")
	w.hangs()
	p.click("main .alert .btn")
	p.until(`document.querySelector("main .page") && !document.querySelector("main .loading, main .alert")`)

	// The week has what it knew before.
	p.visit("/app/")
	p.until(`document.querySelector(".week-head")`)
	w.hangs("/timesheets", "/periods")
	p.do(chromedp.Navigate(issuer + "app/"))
	p.until(`document.querySelector(".week-head") && document.querySelector(".as-of p")`)
	w.hangs()
}
