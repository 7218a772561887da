package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"
)

// standing is how a person stands at this moment: whether they may sign in at all, and what their roles let them do.
type standing struct {
	person  Person
	roles   []string          // ids
	direct  map[string]scopes // permissions beside those of roles, by the id of the API
	admin   bool
	manages bool        // somebody, or decides about time otherwise
	policy  *policy     // of which the roles are
	places  []*standing // of those for whom they stand in, and would if these weren't blocked
	day     string      // "2026-03-04": on the next one, other delegations can hold
}

// permits is what the person may do at an API, in the order of its catalogue; nothing at one that is gone.
func (st *standing) permits(a *api) scopes {
	held := scopes{}
	if a == nil {
		return held
	}
	for _, sc := range a.scopes {
		lent := func(giver *standing) bool { return sc.ManagersOnly && giver.lends() && giver.permitted(a, sc) }
		if st.permitted(a, sc) || slices.ContainsFunc(st.places, lent) {
			held = append(held, sc.Name)
		}
	}
	return held
}

// permitted reports whether the person has the permission of their own right. What is for managers is lent to those who
// stand in for one, and ends with that.
func (st *standing) permitted(a *api, sc Scope) bool {
	if sc.ManagersOnly && !st.manages && !st.admin {
		return false
	}
	return !a.EnforcePolicies || st.holds(a.ID, sc.Name)
}

// lends reports whether what the person delegated counts.
func (st *standing) lends() bool { return !st.person.Blocked }

func (st *standing) standsInFor() (givers []string) {
	for _, giver := range st.places {
		if giver.lends() {
			givers = append(givers, giver.person.ID)
		}
	}
	return givers
}

// claimed is what an access token lists of it, if the API wants to see it.
func (st *standing) claimed(a *api) []string {
	if !a.PermissionsClaim {
		return nil
	}
	return st.permits(a)
}

// holds reports whether a role of the person, or an administrator directly, gives them the permission.
func (st *standing) holds(apiID, scope string) bool {
	return st.direct[apiID].has(scope) ||
		slices.ContainsFunc(st.roles, func(role string) bool { return st.policy.permissions[role][apiID].has(scope) })
}

// of is the part of the asked scopes that the person can give: all that speak of themselves, and what their roles permit.
func (st *standing) of(asked scopes, a *api) scopes {
	permitted := st.permits(a)
	return asked.filter(func(name string) bool { return isIdentity(name) || permitted.has(name) })
}

// standing reads how a person stands, from memory if they called before and nothing changed since. A person who doesn't
// exist stands as nil.
func (s *Server) standing(ctx context.Context, user string) (*standing, error) {
	if st, ok := s.people.get(user); ok && st.day == s.today() {
		return st, nil
	}
	before := s.people.age()
	st, err := s.readStanding(s.db.Read(ctx), s.policy.Load(), user)
	if err != nil {
		return nil, err
	}
	s.people.keep(user, st, before)
	return st, nil
}

// today is the civil day in UTC.
func (s *Server) today() string {
	now := s.now()
	if day := s.day.Load(); day != nil && !now.Before(day.begins) && now.Before(day.ends) {
		return day.name
	}
	begins := now.UTC().Truncate(24 * time.Hour)
	day := &day{begins.Format(time.DateOnly), begins, begins.Add(24 * time.Hour)}
	s.day.Store(day)
	return day.name
}

// day is kept so that its name isn't written anew for each call.
type day struct {
	name         string
	begins, ends time.Time
}

// readStanding reads how a person stands, with those for whom they stand in. Those whom these stand in for don't count: what
// was delegated isn't passed on.
func (s *Server) readStanding(db *gorm.DB, p *policy, user string) (*standing, error) {
	st, err := s.readOwnStanding(db, p, user)
	if st == nil || err != nil {
		return nil, err
	}
	st.day = s.today()
	givers, err := giversTo(anew(db), user, st.day)
	if err != nil {
		return nil, err
	}
	for _, giver := range givers {
		place, err := s.readOwnStanding(db, p, giver)
		if err != nil {
			return nil, err
		}
		if place != nil {
			st.places = append(st.places, place)
		}
	}
	return st, nil
}

// The time of a blocked manager's people goes further up, so whoever is above a blocked one manages those, too.
const managedQuery = `
WITH RECURSIVE below (id, blocked) AS (
	SELECT id, blocked FROM users WHERE manager_id = ?
	UNION SELECT users.id, users.blocked FROM below JOIN users ON users.manager_id = below.id WHERE below.blocked)
SELECT COUNT(*) FROM (SELECT 1 FROM below WHERE NOT blocked AND id <> ? LIMIT 1) AS one`

func (s *Server) readOwnStanding(db *gorm.DB, p *policy, user string) (*standing, error) {
	st := &standing{policy: p, direct: map[string]scopes{}}
	err := db.Where("id = ?", user).Take(&st.person).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read person: %w", err)
	}
	if err := db.Model(&userRole{}).Where("user_id = ?", user).Pluck("role_id", &st.roles).Error; err != nil {
		return nil, fmt.Errorf("read roles of a person: %w", err)
	}
	var direct []userPermission
	if err := db.Where("user_id = ?", user).Find(&direct).Error; err != nil {
		return nil, fmt.Errorf("read permissions of a person: %w", err)
	}
	for _, p := range direct {
		st.direct[p.APIID] = append(st.direct[p.APIID], p.Scope)
	}
	for _, id := range st.roles {
		st.admin = st.admin || p.roles[id].Name == "admin"
	}
	var reports int64
	if err := db.Raw(managedQuery, user, user).Scan(&reports).Error; err != nil {
		return nil, fmt.Errorf("read whom a person manages: %w", err)
	}
	st.manages = reports > 0
	if s.decides != nil && !st.manages {
		var err error
		if st.manages, err = s.decides(db, user); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// mostStandings bounds the memory that standings take; past it they are all read anew.
const mostStandings = 100_000

// standings remembers how people stand until something about them changes.
type standings struct {
	mu      sync.RWMutex
	byUser  map[string]*standing
	takers  map[string][]string // who stands in for whom: their rights go with those of the giver
	changes uint64
}

func (m *standings) get(user string) (*standing, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	st, ok := m.byUser[user]
	return st, ok
}

func (m *standings) age() uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.changes
}

// keep remembers what was read, unless something changed since: then what was read may be old.
func (m *standings) keep(user string, st *standing, age uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.changes != age || st == nil {
		return
	}
	if m.byUser == nil || len(m.byUser) >= mostStandings {
		m.byUser, m.takers = map[string]*standing{}, map[string][]string{}
	}
	m.byUser[user] = st
	for _, place := range st.places { // a blocked giver's too, who can be let in again
		if giver := place.person.ID; !slices.Contains(m.takers[giver], user) {
			m.takers[giver] = append(m.takers[giver], user)
		}
	}
}

func (m *standings) forget(user string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changes++
	delete(m.byUser, user)
	for _, taker := range m.takers[user] {
		delete(m.byUser, taker)
	}
	delete(m.takers, user)
}

func (m *standings) forgetAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changes++
	m.byUser, m.takers = nil, nil
}
