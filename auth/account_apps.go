package auth

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// appsPage is where a person sees who may act for them, and where they are signed in.
type appsPage struct {
	Apps     []grantedApp
	Sessions []sessionRow
	Done     lang.Words
	CSRF     string
}

// grantedApp is one application that acts for the person.
type grantedApp struct {
	ID       string
	Name     string
	Initial  string
	Scopes   []Scope
	Since    *moment
	LastUsed *moment // nil: not known
	ByAdmin  bool    // an administrator decided that it needs no consent

	names       scopes
	since, used time.Time
}

// mostListed bounds what one page shows of each kind.
const mostListed = 500

// Apps shows applications and sessions: GET /account/apps.
func (s *Server) Apps() gin.HandlerFunc {
	return func(c *gin.Context) {
		v := visitor(c)
		apps, err := s.grantedApps(c.Request.Context(), v.live.UserID)
		if err != nil {
			s.showFailure(c, err)
			return
		}
		sessions, err := s.ownSessions(c.Request.Context(), v.live)
		if err != nil {
			s.showFailure(c, err)
			return
		}
		s.show(c, http.StatusOK, "apps.html", "", appsPage{
			Apps: apps, Sessions: sessions, Done: done(c), CSRF: s.csrf(s.browser(c), accountForm(v.live)),
		})
	}
}

// liveGrant is an authorization whose refresh token still works, and when that was made.
type liveGrant struct {
	ClientID  string
	Scopes    scopes `gorm:"serializer:json"`
	CreatedAt time.Time
	UsedAt    time.Time
}

func liveGrants(db *gorm.DB, user string, now time.Time) (live []liveGrant, err error) {
	err = db.Table("authorizations AS a").Select("a.client_id, a.scopes, a.created_at, r.created_at AS used_at").
		Joins("JOIN refresh_tokens AS r ON r.authorization_id = a.id AND r.used_at IS NULL AND r.expires_at > ?", now).
		Where("a.user_id = ? AND a.revoked_at IS NULL AND a.expires_at > ?", user, now).
		Order("r.created_at DESC").Limit(mostListed).Scan(&live).Error
	return live, err
}

// grantedApps are those that the person let act for them, or that can still refresh their tokens, the last used first.
func (s *Server) grantedApps(ctx context.Context, user string) ([]grantedApp, error) {
	db, now := s.db.Read(ctx), s.now()
	var consents []consent
	if err := db.Where("user_id = ?", user).Order("updated_at DESC").Limit(mostListed).Find(&consents).Error; err != nil {
		return nil, fmt.Errorf("read consents: %w", err)
	}
	live, err := liveGrants(db, user, now)
	if err != nil {
		return nil, fmt.Errorf("read refresh tokens of a person: %w", err)
	}
	var recent []authorization
	if err := db.Where("user_id = ?", user).Order("created_at DESC").Limit(mostListed).Find(&recent).Error; err != nil {
		return nil, fmt.Errorf("read authorizations of a person: %w", err)
	}
	apps := appList{}
	for _, g := range consents {
		apps.of(g.ClientID).add(g.Scopes, g.CreatedAt, time.Time{})
	}
	for _, g := range live {
		apps.of(g.ClientID).add(g.Scopes, g.CreatedAt, g.UsedAt)
	}
	for _, a := range recent {
		if app := apps[a.ClientID]; app != nil && app.used.Before(a.CreatedAt) {
			app.used = a.CreatedAt
		}
	}
	return s.described(apps), nil
}

// appList holds each application once, by its client_id.
type appList map[string]*grantedApp

func (l appList) of(client string) *grantedApp {
	if l[client] == nil {
		l[client] = &grantedApp{ID: client}
	}
	return l[client]
}

func (g *grantedApp) add(granted scopes, since, used time.Time) {
	g.names = append(g.names, granted.without(g.names)...)
	if g.since.IsZero() || since.Before(g.since) {
		g.since = since
	}
	if used.After(g.used) {
		g.used = used
	}
}

// described puts the applications in words and in order.
func (s *Server) described(apps appList) []grantedApp {
	list, policy := []grantedApp{}, s.policy.Load()
	for _, g := range apps {
		g.Name = g.ID
		if client := policy.clients[g.ID]; client != nil {
			g.Name, g.ByAdmin = client.Name, client.SkipConsent
		}
		g.Initial, g.Since, g.LastUsed = initial(g.Name), on(g.since), ago(g.used, s.now())
		for _, name := range g.names {
			if sc, known := policy.catalogued(name); known {
				g.Scopes = append(g.Scopes, sc)
			}
		}
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b grantedApp) int {
		return cmp.Or(b.used.Compare(a.used), b.since.Compare(a.since), cmp.Compare(a.ID, b.ID))
	})
	return list
}
