package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"punchcard/timesheets/mail/mailtest"
)

func mailTo(args ...string) (status int, said string) {
	out, log := &screen{}, &screen{}
	status = run(context.Background(), append([]string{"mail", "test"}, args...), terminal{out, log})
	return status, out.String() + log.String()
}

func TestAMailIsTried(t *testing.T) {
	sink := mailtest.Start(t)
	server, from := "--smtp-url=smtp://"+sink.Address+"?tls=none", "--mail-from=Punchcard <time@example.com>"
	status, said := mailTo(server, from, "mia@example.com")
	if got := sink.Take(); status != 0 || !strings.Contains(said, sink.Address+" took the mail to mia@example.com") || len(got) != 1 ||
		got[0].Subject() != "Mails from Punchcard arrive" {
		t.Errorf("it ended with %d: %s %v", status, said, got)
	}
	sink.Refuse(func(string) string { return "550 5.1.1 there is no such mailbox" })
	if status, said := mailTo(server, from, "nobody@example.com"); status != failed || !strings.Contains(said, "there is no such mailbox") {
		t.Errorf("it ended with %d: %s", status, said)
	}
	for _, args := range [][]string{{server, from}, {server, "mia@example.com"}, {from, "mia@example.com"}} {
		if status, said := mailTo(args...); status != misspelled {
			t.Errorf("%v ended with %d: %s", args, status, said)
		}
	}
	if status, said := mailTo(server, from, "mia"); status != failed || !strings.Contains(said, `"mia" is no e-mail address`) {
		t.Errorf("it ended with %d: %s", status, said)
	}
}

func TestAWrongMailServerIsRefusedAtTheStart(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ url, from, want string }{
		{"smtp://punchcard:open-sesame@mail.example.com?tls=none", "time@example.com", "network=trusted"},
		{"http://punchcard:open-sesame@mail.example.com", "time@example.com", "must begin with smtp://"},
		{"smtp://punchcard:open-sesame%@mail.example.com", "time@example.com", "must look like smtp://"},
		{"smtp://punchcard:open-sesame@mail.example.com", "Punchcard", "who mails are from"},
		{"smtp://punchcard:open-sesame@mail.example.com", "", "mail-from"},
		{"", "time@example.com", "smtp-url"},
	} {
		args := []string{"serve", "--listen=127.0.0.1:0"}
		if c.url != "" {
			t.Setenv("PUNCHCARD_SMTP_URL", c.url)
		}
		if c.from != "" {
			args = append(args, "--mail-from="+c.from)
		}
		if c.url == "" {
			args = append(args, "--smtp-url=")
		}
		out := &screen{}
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		status := run(ctx, args, terminal{out, out})
		stop()
		if said := out.String(); status == 0 || !strings.Contains(said, c.want) || strings.Contains(said, "open-sesame") {
			t.Errorf("%s from %q ended with %d: %s", c.url, c.from, status, said)
		}
	}
}

// A house that is built with a mail server sends what waits, by itself.
func TestTheHouseDeliversMails(t *testing.T) {
	sink, folder := mailtest.Start(t), t.TempDir()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	log := &screen{}
	s := settings{
		DB: "sqlite:" + filepath.Join(folder, "punchcard.db"), SecretFile: filepath.Join(folder, "punchcard.secret"),
		mailServer: mailServer{"smtp://" + sink.Address + "?tls=none", "time@example.com"},
	}
	h, err := build(t.Context(), s, "http://localhost:8080/", p, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	var ada string
	err = h.db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := tx.Table("users").Where("email = 'ada@exampleco.com'").Pluck("id", &ada).Error; err != nil {
			return err
		}
		return h.timesheets.Notice(tx, ada, "password_changed")
	})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if got := sink.Take(); len(got) > 0 {
			if got[0].To != "ada@exampleco.com" || !strings.Contains(got[0].Text, "http://localhost:8080/account") {
				t.Errorf("%+v", got[0])
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no mail came: %s", log)
		}
	}
}
