package auth

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"punchcard/auth/rules"
	"punchcard/store"
)

// Settings are what a Server needs to know from outside.
type Settings struct {
	Issuer       string           // "https://time.example.com/", with the slash at its end; the tokens' iss
	Secret       []byte           // at least 32 random bytes, which must not be kept in the database
	Assets       string           // the path below which the pages' style sheets are served, without a slash at its end
	Scopes       []Scope          // what the built-in API checks
	Log          *slog.Logger     // nil: slog.Default()
	LogRetention time.Duration    // for how long events are kept; 0: 90 days
	Now          func() time.Time // nil: time.Now

	// Decides reports whether a person decides about others' time though they manage nobody; nil: nobody does. When that
	// changes, say so by TellOf and Forget.
	Decides func(tx *gorm.DB, user string) (bool, error)

	// Notice is told, in the write in which it happens, of what a person should know about the safety of their account:
	// "password_changed", or "access_ended" when a token of theirs came twice. nil: nobody is.
	Notice func(tx *gorm.DB, user, kind string) error

	PrivateTargets bool // applications' own addresses (jwks_uri, backchannel_logout_uri) may be in a private network
}

// Server is the authorization server and the verifier of its own tokens. Many requests may use it at once.
type Server struct {
	db       *store.DB
	issuer   string
	origin   string // the issuer without its slash
	assets   string
	scopes   []Scope
	log      *slog.Logger
	now      func() time.Time
	secrets  secrets
	hashing  hashing
	throttle throttle
	guesses  throttle // of the codes that devices show
	attempts throttle // at client secrets
	pace     throttle // of rows that anybody can leave
	rules    *rules.Engine

	keys     keyRing
	policy   atomic.Pointer[policy]
	policing chan struct{} // one reload at a time
	people   standings
	decides  func(tx *gorm.DB, user string) (bool, error)
	day      atomic.Pointer[day]
	dead     dead
	heard    time.Time // up to when signals of other instances were read; of Run alone
	verified verified
	fetch    *fetcher
	near     *fetcher // nil unless the issuer is http://localhost or the like
	remote   remoteKeys

	logoutsDue chan struct{} // holds one: look for logout tokens to send
	pending    pendingEvents
	eventIDs   eventIDs
	retention  time.Duration // of events
	notice     func(tx *gorm.DB, user, kind string) error
}

// New opens the authorization server on a migrated database: it makes what must exist (the API, the built-in roles,
// signing keys) and reads what every request asks for.
func New(ctx context.Context, db *store.DB, set Settings) (*Server, error) {
	issuer, err := url.Parse(set.Issuer)
	if err != nil || (issuer.Scheme != "https" && issuer.Scheme != "http") || issuer.Host == "" || issuer.Path != "/" ||
		issuer.RawQuery != "" || issuer.Fragment != "" || issuer.User != nil {
		return nil, fmt.Errorf("the issuer %q must look like https://time.example.com/", set.Issuer)
	}
	s := &Server{
		db: db, issuer: set.Issuer, origin: strings.TrimSuffix(set.Issuer, "/"), assets: set.Assets, scopes: set.Scopes,
		log: cmp.Or(set.Log, slog.Default()), now: set.Now, hashing: newHashing(), policing: make(chan struct{}, 1),
		pace: throttle{window: paceWindow}, decides: set.Decides,
		fetch: newFetcher(publicAddress, nil), logoutsDue: make(chan struct{}, 1),
		rules: rules.New(rules.Limits{}), retention: cmp.Or(set.LogRetention, usualRetention),
		pending: pendingEvents{full: make(chan struct{}, 1)}, notice: set.Notice,
	}
	if s.notice == nil {
		s.notice = func(*gorm.DB, string, string) error { return nil }
	}
	if set.PrivateTargets {
		s.fetch = newFetcher(companyAddress, nil)
	}
	if issuer.Scheme == "http" && loopbackHost(issuer.Hostname()) {
		s.near = newNearFetcher()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.now = utc(s.now)
	if s.secrets, err = deriveSecrets(set.Secret); err != nil {
		return nil, err
	}
	for _, start := range []func(context.Context) error{s.ensureDirectory, s.loadPolicy, s.loadDead, s.tendKeys} {
		if err := start(ctx); err != nil {
			return nil, fmt.Errorf("start the authorization server: %w", err)
		}
	}
	return s, nil
}

// utc gives instants as every table keeps them: UTC, to the microsecond, which is what PostgreSQL can hold.
func utc(now func() time.Time) func() time.Time {
	return func() time.Time { return now().UTC().Truncate(time.Microsecond) }
}

// How often Run looks after things.
const (
	listenEvery = 500 * time.Millisecond
	tendEvery   = time.Hour
	sweepEvery  = time.Minute
)

// Run hears what other instances did, writes events, rotates keys, sweeps out what expired and sends logout tokens, until the
// context ends.
func (s *Server) Run(ctx context.Context) {
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { s.deliverLogouts(ctx) })
	beside.Go(func() { s.keepEvents(ctx) })
	listen, tend := time.NewTicker(listenEvery), time.NewTicker(tendEvery)
	defer listen.Stop()
	defer tend.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-listen.C:
			err = s.listen(ctx)
		case <-sweep.C:
			err = s.sweepSoon(ctx)
		case <-tend.C:
			if err = s.tendKeys(ctx); err == nil {
				err = s.sweep(ctx)
			}
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("look after the authorization server", "error", err)
		}
	}
}

// Close ends the process in which rules run, if there is one, after those that have begun, and writes the events that wait
// for it. It comes after Run and before the database is closed.
func (s *Server) Close() {
	s.rules.Close()
	if err := s.flush(context.Background()); err != nil {
		s.log.Error("events are lost", "error", err)
	}
}

func (s *Server) secure() bool { return strings.HasPrefix(s.issuer, "https:") }
