package timesheets

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
	"punchcard/timesheets/mail"
)

// securityNotices are what a person gets a mail about whether they like it or not.
var securityNotices = []string{"password_changed", "access_ended"}

// Notice has a person told by mail of something that happened to their account, in the write in which it happens. A kind that
// is not among the security notices is told to nobody.
func (s *Service) Notice(tx *gorm.DB, user, kind string) error {
	if !slices.Contains(securityNotices, kind) || s.mail == nil {
		return nil
	}
	return s.keep(tx, notificationRow{UserID: user, Notification: Notification{Kind: kind}}, true, 0)
}

// write is the letter as it is now to be sent, in the language that its person chose or signed in with last; nil if there is nobody any
// more to send it to, or nothing that they don't know already.
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
	reads, err := languageOf(tx, l.userID)
	if err != nil {
		return nil, err
	}
	c := lang.Tagged(reads.Language)
	written := mail.Letter{
		ID: l.id, Name: person.Name, Address: person.Email, At: told[0].CreatedAt,
		Language: c.Tag, Hello: c.Text("mails.hello"), StopText: c.Text("mails.stop"),
	}
	if slices.Contains(securityNotices, l.kind) {
		written.Subject, written.Why = c.Text("mails.subject-"+l.kind), c.Text("mails.safety")
		written.Parts = []mail.Part{{Text: told[0].sentence(c), Link: s.issuer + "account", LinkText: c.Text("mails.account")}}
		return &written, nil
	}
	set, err := switchesOf(tx, l.kind, []string{l.userID})
	if err != nil || !set[l.userID].Email {
		return nil, err
	}
	written.Subject, written.Why = subject(c, told), c.Text("mails.why", "about", c.Text("mails.about-"+l.kind))
	written.Stop = s.stopAddress(l.userID, l.kind)
	for _, n := range told {
		written.Parts = append(written.Parts, mail.Part{
			Text: n.sentence(c) + ".", Quote: n.Params.Comment,
			Link: s.issuer + "app/periods/" + url.PathEscape(*n.PeriodID), LinkText: c.Text("mails.open"),
		})
	}
	return &written, nil
}
