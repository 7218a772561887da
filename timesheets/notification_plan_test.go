package timesheets

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"punchcard/store"
)

// overheard keeps the statements that are run.
type overheard struct {
	logger.Interface
	sql []string
}

func (o *overheard) Trace(_ context.Context, _ time.Time, fc func() (string, int64), _ error) {
	statement, _ := fc()
	o.sql = append(o.sql, statement)
}

// What the clock and the app look for is found along an index, however much there is.
func TestNotificationsAreFoundAlongAnIndex(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "plan.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	houseOn(t, db)
	ctx, unread := t.Context(), true
	feed := func(q NotificationQuery, place []string) func(tx *gorm.DB) error {
		return func(tx *gorm.DB) error {
			l := notificationList(ctx, tx, ada, q)
			_, err := l.read(l.rows(place, 50))
			return err
		}
	}
	for _, c := range []struct {
		name  string
		do    func(tx *gorm.DB) error
		index string
	}{
		{"the feed", feed(NotificationQuery{}, nil), "notifications_of_person (user_id=?"},
		{"the feed, deep", feed(NotificationQuery{}, []string{ada.User, "0199"}), "notifications_of_person (user_id=?"},
		{"what is unread", feed(NotificationQuery{Unread: &unread}, nil), "notifications_unread (user_id=?"},
		{"who was told of a submission", func(tx *gorm.DB) error {
			_, err := withoutThoseWhoKnow(tx, Period{ID: "per_2026-11-09_usr_ada"}, []string{mia.User})
			return err
		}, "notifications_by_period (period_id=? AND kind=?)"},
		{"periods that aren't submitted", func(tx *gorm.DB) error {
			_, err := unsubmitted(ctx, tx, "2026-11-20", "2026-11-01", "")
			return err
		}, "periods_by_end"},
		{"people without entries", func(tx *gorm.DB) error {
			_, err := idle(ctx, tx, span{"2026-11-09", "2026-11-15"}, "usr_a")
			return err
		}, "sqlite_autoindex_users_1 (id>?)"},
		{"submissions that wait", func(tx *gorm.DB) error {
			_, err := submittedBefore(tx, time.Now(), lastDay, "~")
			return err
		}, "periods_waiting"},
		{"mails that are due", func(tx *gorm.DB) error {
			return tx.Where("state = 'waiting' AND next_at <= ?", time.Now().UTC()).Order("next_at, id").Limit(1).Find(&[]mailRow{}).Error
		}, "mails_due (next_at<?)"},
	} {
		heard := &overheard{Interface: logger.Discard}
		if err := c.do(db.Read(ctx).Session(&gorm.Session{Logger: heard})); err != nil {
			t.Fatal(c.name, err)
		}
		var plan strings.Builder
		for _, statement := range heard.sql {
			var steps []struct{ Detail string }
			if err := db.Read(ctx).Raw("EXPLAIN QUERY PLAN " + statement).Scan(&steps).Error; err != nil {
				t.Fatal(err)
			}
			for _, step := range steps {
				plan.WriteString(step.Detail + "\n")
			}
		}
		for line := range strings.Lines(plan.String()) {
			if strings.Contains(line, "TEMP B-TREE") || strings.HasPrefix(line, "SCAN") && !strings.Contains(line, c.index) {
				t.Errorf("%s: %s", c.name, line)
			}
		}
		if !strings.Contains(plan.String(), c.index) {
			t.Errorf("%s: not by %s:\n%s", c.name, c.index, plan.String())
		}
	}
}
