package auth

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth/lang"
)

// sessionClient notes that an application learned of a session, by a code or by an ID token alone. It is to hear of its end.
type sessionClient struct {
	SessionID string `gorm:"primaryKey"`
	ClientID  string `gorm:"primaryKey"`
}

// logoutDelivery is a logout token that an application is to be sent, or was.
type logoutDelivery struct {
	ID        string `gorm:"primaryKey"`
	ClientID  string
	UserID    string
	SessionID string // empty: every session of the person at the application
	State     string // "waiting", "delivered", "refused" or "given up"
	Attempts  int
	NextAt    time.Time // of the next attempt; while one is made, when another may be
	LastError string
	CreatedAt time.Time
	ExpiresAt time.Time // it is given up from then on
}

// logoutLife is for how long an application that can't be reached is tried again.
const logoutLife = 24 * time.Hour

// joinSession notes that an application learns of a session. One that has just ended is nothing to learn of: nobody would
// tell the application.
func joinSession(tx *gorm.DB, session, client string) error {
	ended, err := sessionEnded(tx, session)
	if err != nil {
		return err
	}
	if ended {
		return refuse("login_required", "The sign-in has ended meanwhile. Sign in once more.")
	}
	row := sessionClient{SessionID: session, ClientID: client}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("note an application of a session: %w", err)
	}
	return nil
}

// toldOf starts a query over the applications of sessions that are told of their end.
func toldOf(tx *gorm.DB) *gorm.DB {
	return tx.Table("session_clients AS sc").Select("sc.client_id, sc.session_id, s.user_id").
		Joins("JOIN sessions AS s ON s.id = sc.session_id").
		Joins("JOIN clients AS c ON c.id = sc.client_id AND c.backchannel_logout_uri <> '' AND NOT c.disabled")
}

// tellApps makes a logout token due for every application of the sessions, if and only if the write is durable.
func (n *news) tellApps(sessions *gorm.DB) error {
	var due []logoutDelivery
	if err := sessions.Scan(&due).Error; err != nil {
		return fmt.Errorf("read applications of a session: %w", err)
	}
	return n.sendLogouts(due)
}

// sendLogouts makes logout tokens due, of which the application, the person and the session are told.
func (n *news) sendLogouts(due []logoutDelivery) error {
	for i := range due {
		d := &due[i]
		d.ID, d.State = "lgo_"+uuid.Must(uuid.NewV7()).String(), "waiting"
		d.NextAt, d.CreatedAt, d.ExpiresAt = n.now, n.now, n.now.Add(logoutLife)
	}
	if len(due) == 0 {
		return nil
	}
	n.logouts += len(due)
	if err := n.tx.CreateInBatches(&due, 100).Error; err != nil {
		return fmt.Errorf("queue logout tokens: %w", err)
	}
	return nil
}

// logOutOfApp ends what a person has going on at one application, whose sessions here go on. It is told of each session of
// which it hasn't heard the end; if there is none, of the person, unless it needs a session to know whom to sign out.
func logOutOfApp(tx *gorm.DB, n *news, user, client string) error {
	before := n.logouts
	if err := n.tellApps(toldOf(tx).Where("s.user_id = ? AND sc.client_id = ? AND s.ended_at IS NULL", user, client)); err != nil {
		return err
	}
	theirs := tx.Model(&session{}).Select("id").Where("user_id = ?", user)
	if err := tx.Where("client_id = ? AND session_id IN (?)", client, theirs).Delete(&sessionClient{}).Error; err != nil {
		return fmt.Errorf("forget an application of a session: %w", err)
	}
	if n.logouts > before {
		return nil
	}
	var bare []logoutDelivery
	err := tx.Model(&Client{}).Select("id AS client_id").
		Where("id = ? AND backchannel_logout_uri <> '' AND NOT disabled", client).
		Where("NOT backchannel_logout_session_required").Scan(&bare).Error
	if err != nil {
		return fmt.Errorf("read client: %w", err)
	}
	for i := range bare {
		bare[i].UserID = user
	}
	return n.sendLogouts(bare)
}

// backchannelMistake says why an application can't be told at an address, as far as its text tells; empty if it may be
// tried. Without TLS it must be on this same machine.
func backchannelMistake(address string) *lang.Sentence {
	u, err := url.Parse(address)
	if rest, plain := strings.CutPrefix(address, "http://"); plain && err == nil && loopbackHost(u.Hostname()) {
		return fetchMistake("https://" + rest)
	}
	return fetchMistake(address)
}

// checkBackchannels finds the addresses that only a server which itself is on this machine alone may call.
func (s *Server) checkBackchannels(clients []NewClient) []Mistake {
	var m mistakes
	for i, c := range clients {
		m.unless(s.near != nil || !strings.HasPrefix(c.BackchannelLogoutURI, "http://"),
			lang.Say("must begin with https:// (http:// is for development, while the issuer is http://localhost too)"),
			"/clients/%d/backchannel_logout_uri", i)
	}
	return m
}
