package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"punchcard/timesheets/mail"
)

// mailServer is where mails go out.
type mailServer struct {
	SMTPURL  string `name:"smtp-url" and:"mail" placeholder:"URL" help:"Mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS), smtps://…:465, or smtp://localhost:1025?tls=none; without one nobody gets mails."`
	MailFrom string `and:"mail" placeholder:"SENDER" help:"Whom mails are from, such as \"Punchcard <time@example.com>\"."`
}

// open reads them; nil if there is none. What is wrong is told without the address, which may hold a password.
func (s mailServer) open() (*mail.Server, error) {
	if s.SMTPURL == "" && s.MailFrom == "" {
		return nil, nil
	}
	server, err := mail.NewServer(s.SMTPURL, s.MailFrom)
	if err != nil {
		return nil, fmt.Errorf("--smtp-url and --mail-from: %w", err)
	}
	return server, nil
}

// mails is what an administrator does about mails.
type mails struct {
	Test mailTest `cmd:"" help:"Send one mail, and tell what the mail server says."`
}

type mailTest struct {
	SMTPURL  string `name:"smtp-url" required:"" placeholder:"URL" help:"Mail server, as the server is started with."`
	MailFrom string `required:"" placeholder:"SENDER" help:"Whom mails are from."`
	Address  string `arg:"" help:"To whom."`
}

// Run sends it.
func (c mailTest) Run(ctx context.Context, t terminal) error {
	server, err := mailServer{c.SMTPURL, c.MailFrom}.open()
	if err != nil {
		return err
	}
	err = server.Send(ctx, mail.Letter{
		ID: uuid.Must(uuid.NewV7()).String(), Address: c.Address, At: time.Now(), Subject: "Mails from Punchcard arrive",
		Parts: []mail.Part{{Text: "This is the mail that an administrator sent to see whether mails arrive. They do."}},
		Why:   "You get this because somebody asked Punchcard to try your address.",
	})
	if err != nil {
		return fmt.Errorf("the mail to %s was not sent: %w", c.Address, err)
	}
	fmt.Fprintf(t.out, "%s took the mail to %s. Whether it arrives is up to the servers after it: look into the inbox, and into spam.\n",
		server, c.Address)
	return nil
}
