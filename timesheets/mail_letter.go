package timesheets

import (
	"context"
	"fmt"
	"net/url"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/timesheets/mail"
)

// securityNotice is what a person gets a mail about whether they like it or not.
type securityNotice struct{ subject, text string }

var securityNotices = map[string]securityNotice{
	"password_changed": {"Your password was changed", "The password of your account was changed, and whoever was signed in with the " +
		"old one is signed out. If it wasn't you, tell your administrator at once."},
	"access_ended": {"An app was cut off from your account", "What kept an app signed in to your account was used a second time, so " +
		"somebody may have copied it. The app's access was ended, and it has to ask you again. If you can't explain that, change your password."},
}

// Notice has a person told by mail of something that happened to their account, in the write in which it happens. A kind that
// is not among the security notices is told to nobody.
func (s *Service) Notice(tx *gorm.DB, user, kind string) error {
	if _, known := securityNotices[kind]; !known || s.mail == nil {
		return nil
	}
	return s.keep(tx, notificationRow{UserID: user, Notification: Notification{Kind: kind}}, true, 0)
}

// write is the letter as it is now to be sent; nil if there is nobody any more to send it to, or nothing that they don't
// know already.
func (s *Service) write(ctx context.Context, l letter) (*mail.Letter, error) {
	tx := s.db.Read(ctx)
	var person auth.Person
	if err := auth.People(ctx, tx).Where("id = ? AND NOT blocked", l.userID).Limit(1).Find(&person).Error; err != nil {
		return nil, fmt.Errorf("read to whom a mail goes: %w", err)
	}
	told, err := scanNotifications(ctx, tx, tx.Table("notifications").Joins("JOIN mails ON mails.id = notifications.id").
		Where("mails.letter = ? AND mails.state = 'waiting' AND notifications.read_at IS NULL", l.id).Order("notifications.id"))
	if err != nil || person.Email == "" || len(told) == 0 {
		return nil, err
	}
	written := mail.Letter{ID: l.id, Name: person.Name, Address: person.Email, At: told[0].CreatedAt}
	if notice, security := securityNotices[l.kind]; security {
		written.Subject, written.Why = notice.subject, "You get this because it concerns the safety of your account."
		written.Parts = []mail.Part{{Text: notice.text, Link: s.issuer + "account", LinkText: "Look at your account"}}
		return &written, nil
	}
	set, err := switchesOf(tx, l.kind, []string{l.userID})
	if err != nil || !set[l.userID].Email {
		return nil, err
	}
	written.Subject, written.Why = subject(told), "You get mails about "+occasionOf(l.kind).what+"."
	written.Stop = s.stopAddress(l.userID, l.kind)
	for _, n := range told {
		written.Parts = append(written.Parts, mail.Part{
			Text: n.sentence() + ".", Quote: n.Params.Comment, Link: s.issuer + "app/periods/" + url.PathEscape(*n.PeriodID), LinkText: "Open it",
		})
	}
	return &written, nil
}
