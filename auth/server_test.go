package auth

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/crypto/argon2"
	"gorm.io/gorm"

	"punchcard/store"
	"punchcard/store/storetest"
)

const (
	issuer     = "https://time.example.com/"
	audience   = "https://api.example.com/timesheets"
	password   = "correct horse battery"
	verifies43 = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	appURI     = "com.example.app:/callback"
	webURI     = "https://reports.example.com/callback"
)

var testScopes = []Scope{
	Worded("read:timesheets"), Worded("create:timesheets"), Worded("delete:timesheets"),
	{Name: "approve:timesheets", Title: "Approve your team's time", ManagersOnly: true},
}

// Making RSA keys and hashing passwords is slow, so all tests share one of each.
var (
	oneRSAKey = sync.OnceValues(newRSAKey)
	oneHash   = cheapHash(password)
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	rsa := algorithms["RS256"]
	rsa.make = func() (crypto.Signer, error) { return oneRSAKey() }
	algorithms["RS256"] = rsa
	derive = remembered(derive)
	os.Exit(conclude(m.Run(), proofs))
}

// remembered computes nothing twice: the hash of nobody, which every wrong e-mail address costs, takes 25 ms.
func remembered(real func([]byte, []byte, uint32, uint32, uint8, uint32) []byte) func([]byte, []byte, uint32, uint32, uint8, uint32) []byte {
	var known sync.Map
	return func(password, salt []byte, passes, memory uint32, lanes uint8, length uint32) []byte {
		of := fmt.Sprintf("%q %q %d %d %d %d", password, salt, passes, memory, lanes, length)
		if key, ok := known.Load(of); ok {
			return key.([]byte)
		}
		key := real(password, salt, passes, memory, lanes, length)
		known.Store(of, key)
		return key
	}
}

// cheapHash is a PHC string whose check costs next to nothing.
func cheapHash(password string) string {
	salt := []byte("a salt for tests")
	b64 := base64.RawStdEncoding
	return "$argon2id$v=19$m=8,t=1,p=1$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 8, 1, 32))
}

// clock is a time that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

// world is an authorization server with a few people and applications, and a guarded route.
type world struct {
	testing.TB
	server *Server
	db     *store.DB
	clock  *clock
	log    *bytes.Buffer
	logger *slog.Logger // to log
	http   *httptest.Server
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, db: storetest.Open(t), clock: &clock{at: time.Now().UTC().Truncate(time.Second)}, log: &bytes.Buffer{}}
	w.logger = slog.New(slog.NewTextHandler(&lockedWriter{to: w.log}, nil))
	w.server = w.open()
	if err := w.server.Apply(t.Context(), exampleDirectory(t), nil); err != nil {
		t.Fatal(err)
	}
	w.http = httptest.NewServer(w.routes(w.server))
	t.Cleanup(func() {
		w.http.Close()
		if found := noLogHolds.FindString(thumbprints.ReplaceAllString(w.log.String(), "")); found != "" {
			t.Errorf("the log holds %.12s…", found)
		}
	})
	return w
}

// noLogHolds is what tokens, codes and secrets look like: JWTs, and 256 random bits in base64url. The thumbprint of a key looks
// so too, and is public.
var (
	noLogHolds  = regexp.MustCompile(`eyJ[\w-]+\.eyJ|\b[A-Za-z0-9_-]{43}\b`)
	thumbprints = regexp.MustCompile(`(DPoP key|dpop_jkt is|proves|proves key) \\?"?[A-Za-z0-9_-]{43}\b`)
)

// open starts a server on the world's database, as another instance or after a restart.
func (w *world) open() *Server {
	w.Helper()
	s, err := New(w.Context(), w.db, Settings{
		Issuer: issuer, Secret: bytes.Repeat([]byte("s"), 32), Scopes: testScopes, Now: w.clock.now,
		Log: w.logger,
	})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(b)
}

func exampleDirectory(t testing.TB) Directory {
	hash := oneHash
	all := []string{"openid", "profile", "email", "offline_access", "read:timesheets", "create:timesheets", "delete:timesheets"}
	return Directory{
		API: &NewAPI{Audience: audience},
		People: []NewPerson{
			{Email: "ada@example.com", Name: "Ada Lovelace", PasswordHash: hash, Roles: []string{"employee"}, Manager: "mia@example.com"},
			{Email: "mia@example.com", Name: "Mia Chen", PasswordHash: hash, Roles: []string{"manager"}},
			{Email: "max@example.com", Name: "Max Idle", PasswordHash: hash, Roles: []string{"manager"}},
			{Email: "root@example.com", Name: "Rosa Root", PasswordHash: hash, Roles: []string{"admin"}},
		},
		Clients: []NewClient{
			{ID: "app", Name: "Phone app", Type: "native", RedirectURIs: []string{appURI, "http://127.0.0.1/cb"}, SkipConsent: true,
				Scopes: append(all[:len(all):len(all)], "approve:timesheets")},
			{ID: "spa", Name: "Week planner", Type: "spa", RedirectURIs: []string{"https://spa.example.com/cb?x=1"}, WebOrigins: []string{"https://spa.example.com"},
				LogoutURIs: []string{"https://spa.example.com/"}, Scopes: all},
			{ID: "reports", Name: "Reports", Type: "web", Secret: "reports secret, long", RedirectURIs: []string{webURI}, LogoutURIs: []string{"https://reports.example.com/bye?x=1"}, Scopes: all},
			{ID: "other", Name: "Other", Type: "web", Secret: "others secret, long", RedirectURIs: []string{webURI}, Scopes: all},
			{ID: "payroll", Name: "Payroll", Type: "machine", Secret: "payroll secret, long",
				Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets", "create:timesheets"}}}},
			{ID: "idle", Name: "Without grants", Type: "machine", Secret: "idle secret, long"},
		},
	}
}

// routes serves what package web serves of this package, and GET /probe, which tells who calls.
func (w *world) routes(s *Server) http.Handler {
	e := gin.New()
	e.Use(func(c *gin.Context) { c.Header("Request-Id", "req_test") })
	for path, h := range map[string]gin.HandlerFunc{
		"/authorize": s.Authorize(), "/login": s.LoginPage(), "/consent": s.ConsentPage(), "/setup": s.SetupPage(), "/reset-password": s.ResetPage(),
		"/device": s.DevicePage(), "/activate": s.DevicePage(), "/oidc/logout": s.Logout(), "/v2/logout": s.V2Logout(),
		"/.well-known/openid-configuration": s.Metadata(), "/.well-known/jwks.json": s.JWKS(),
		"/.well-known/oauth-protected-resource": s.ProtectedResource(Timesheets),
	} {
		e.GET(path, h)
	}
	for path, h := range map[string]gin.HandlerFunc{
		"/authorize": s.Authorize(), "/login": s.Login(), "/consent": s.Consent(), "/setup": s.Setup(), "/reset-password": s.Reset(),
		"/oauth/token": s.Token(), "/oauth/revoke": s.Revoke(), "/oauth/par": s.Push(), "/oidc/logout": s.Logout(),
		"/device": s.Device(), "/activate": s.Device(), "/oauth/device/code": s.DeviceAuthorization(), "/oauth/introspect": s.Introspect(),
	} {
		e.POST(path, h)
	}
	for path, h := range map[string]gin.HandlerFunc{"/account": s.Account(), "/account/apps": s.Apps()} {
		e.GET(path, s.SignedIn(), h)
	}
	for path, h := range map[string]gin.HandlerFunc{
		"/account/password": s.ChangePassword(), "/account/apps/revoke": s.RevokeApp(),
		"/account/sessions/end": s.EndSession(), "/account/sessions/end-all": s.EndEverything(),
	} {
		e.POST(path, s.SignedIn(), h)
	}
	e.GET("/probe", func(c *gin.Context) {
		noStore(c)
		by, err := verifyRequest(s, c)
		if err != nil {
			s.tell(c, err)
			return
		}
		c.JSON(http.StatusOK, by)
	})
	return e
}

// browser keeps cookies as a browser does and follows nothing by itself.
type browser struct {
	*world
	client *http.Client
	url    string
}

func (w *world) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{world: w, url: w.http.URL, client: &http.Client{
		Jar: secureJar{jar}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// secureJar treats the test server as if it spoke https, as the issuer says, so that Secure cookies come back.
type secureJar struct{ http.CookieJar }

func (j secureJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.CookieJar.SetCookies(&url.URL{Scheme: "https", Host: u.Host, Path: "/"}, cookies)
}

func (j secureJar) Cookies(u *url.URL) []*http.Cookie {
	return j.CookieJar.Cookies(&url.URL{Scheme: "https", Host: u.Host, Path: "/"})
}

// answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) location() *url.URL {
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		return &url.URL{}
	}
	return u
}

func (a answer) json() map[string]any {
	var m map[string]any
	json.Unmarshal([]byte(a.body), &m)
	return m
}

func (b *browser) do(r *http.Request) answer {
	b.Helper()
	resp, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (b *browser) get(path string) answer {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), "GET", b.url+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(path string, form url.Values) answer {
	b.Helper()
	r, _ := http.NewRequestWithContext(b.Context(), "POST", b.url+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// asking is the parameters of an authorization request that is in order, less or more what is given in pairs.
func asking(pairs ...string) url.Values {
	sum := sha256.Sum256([]byte(verifies43))
	v := url.Values{
		"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {appURI}, "state": {"st"},
		"scope":          {"openid profile email offline_access read:timesheets create:timesheets"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			v.Del(pairs[i])
		} else {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v
}

func (b *browser) authorize(pairs ...string) answer {
	b.Helper()
	return b.get("/authorize?" + asking(pairs...).Encode())
}

var csrfField = regexp.MustCompile(`name="?csrf"? value="?([A-Za-z0-9_-]+)"?`)

// csrfOf is the token in a page's form.
func csrfOf(t testing.TB, page answer) string {
	t.Helper()
	m := csrfField.FindStringSubmatch(page.body)
	if m == nil {
		t.Fatalf("there is no form in the page: %d %s", page.status, page.body)
	}
	return m[1]
}

// signIn fills in the sign-in page that an answer leads to.
func (b *browser) signIn(toLogin answer, email, password string) answer {
	b.Helper()
	if toLogin.location().Path != "/login" {
		b.Fatalf("got %d to %s, want the sign-in page", toLogin.status, toLogin.header.Get("Location"))
	}
	path := toLogin.location().RequestURI()
	return b.post(path, url.Values{"csrf": {csrfOf(b, b.get(path))}, "email": {email}, "password": {password}})
}

func (b *browser) decide(toConsent answer, decision string) answer {
	b.Helper()
	if toConsent.location().Path != "/consent" {
		b.Fatalf("got %d to %s, want the consent page", toConsent.status, toConsent.header.Get("Location"))
	}
	path := toConsent.location().RequestURI()
	return b.post(path, url.Values{"csrf": {csrfOf(b, b.get(path))}, "decision": {decision}})
}

// code signs a person in and gives the code that the application is sent.
func (b *browser) code(email string, pairs ...string) string {
	b.Helper()
	a := b.authorize(pairs...)
	if a.location().Path == "/login" {
		a = b.signIn(a, email, password)
	}
	if a.location().Path == "/consent" {
		a = b.decide(a, "allow")
	}
	code := a.location().Query().Get("code")
	if code == "" {
		b.Fatalf("got no code: %d %s %s", a.status, a.header.Get("Location"), a.body)
	}
	return code
}

// token calls the token endpoint as an application. A client other than app is given with its secret: "id:secret".
func (w *world) token(client string, pairs ...string) answer {
	w.Helper()
	return w.client("/oauth/token", client, pairs...)
}

func (w *world) client(path, client string, pairs ...string) answer {
	w.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			form.Add(pairs[i], pairs[i+1])
		}
	}
	b := w.browser()
	r, _ := http.NewRequestWithContext(w.Context(), "POST", b.url+path, nil)
	if id, secret, ok := strings.Cut(client, ":"); ok {
		r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	} else if client != "" {
		form.Set("client_id", client)
	}
	r.Body = io.NopCloser(strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (w *world) redeem(code string, pairs ...string) answer {
	w.Helper()
	return w.token("app", append([]string{
		"grant_type", "authorization_code", "code", code, "redirect_uri", appURI, "code_verifier", verifies43}, pairs...)...)
}

func (w *world) refresh(token string, pairs ...string) answer {
	w.Helper()
	return w.token("app", append([]string{"grant_type", "refresh_token", "refresh_token", token}, pairs...)...)
}

// tokens signs a person in through the phone app and gives the access and the refresh token.
func (w *world) tokens(email string, pairs ...string) (access, refresh string) {
	w.Helper()
	a := w.redeem(w.browser().code(email, pairs...))
	if a.status != http.StatusOK {
		w.Fatalf("got %d %s, want tokens", a.status, a.body)
	}
	access, _ = a.json()["access_token"].(string)
	refresh, _ = a.json()["refresh_token"].(string)
	return access, refresh
}

// probe calls the guarded route.
func (w *world) probe(token string) answer {
	w.Helper()
	b := w.browser()
	r, _ := http.NewRequestWithContext(w.Context(), "GET", b.url+"/probe", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return b.do(r)
}

// refused checks an error that an application is told.
func refused(t testing.TB, a answer, status int, code string) {
	t.Helper()
	if a.status != status || a.json()["error"] != code {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, code)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Pragma": "no-cache", "Content-Type": "application/json"} {
		if strings.TrimSuffix(a.header.Get(name), "; charset=utf-8") != want {
			t.Errorf("%s is %q", name, a.header.Get(name))
		}
	}
	if description, _ := a.json()["error_description"].(string); description == "" || description != printable(description) {
		t.Errorf("the description is %q", description)
	}
	if a.json()["access_token"] != nil {
		t.Errorf("a refusal holds a token")
	}
}

// sentBack checks an error that the browser takes to the application.
func sentBack(t testing.TB, a answer, code string) {
	t.Helper()
	q := a.location().Query()
	if a.status != http.StatusSeeOther || q.Get("error") != code || q.Get("iss") != issuer || q.Has("code") {
		t.Errorf("got %d to %q, want the error %s to be sent", a.status, a.header.Get("Location"), code)
	}
	if description := q.Get("error_description"); description == "" || description != printable(description) {
		t.Errorf("the description is %q", description)
	}
}

func (w *world) update(email, column string, value any) {
	w.Helper()
	err := w.server.change(w.Context(), func(tx *gorm.DB, n *news) error {
		if err := tx.Model(&Person{}).Where("email = ?", email).Update(column, value).Error; err != nil {
			return err
		}
		return n.tell("people", "")
	})
	if err != nil {
		w.Fatal(err)
	}
}

var stringsReader, contains = strings.NewReader, strings.Contains

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// endSession ends the one session that there is.
func (w *world) endSession() {
	w.Helper()
	err := w.server.change(w.Context(), func(tx *gorm.DB, n *news) error {
		var s session
		if err := tx.Take(&s).Error; err != nil {
			return err
		}
		return endSession(tx, n, s.ID)
	})
	if err != nil {
		w.Fatal(err)
	}
}
