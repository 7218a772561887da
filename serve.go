package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

type serve struct {
	settings `embed:""`
}

// Run serves until ctx ends.
func (s serve) Run(ctx context.Context, t terminal) (err error) {
	log := slog.New(slog.NewTextHandler(t.log, nil))
	slog.SetDefault(log)
	p, err := readProvisioning(s.Provision)
	if err != nil {
		return err
	}
	encrypt, err := s.certificate()
	if err != nil {
		return err
	}
	listener, err := s.listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	issuer := s.issuer(listener.Addr())
	h, err := build(ctx, s.settings, issuer, p, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := s.welcome(ctx, t, h, issuer); err != nil {
		return err
	}
	return answer(ctx, listener, encrypt, h.handler, log)
}

// welcome tells where Punchcard is, and what only this terminal may know.
func (s serve) welcome(ctx context.Context, t terminal, h *house, issuer string) error {
	link, err := h.auth.SetupLink(ctx)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Punchcard is at %s\n", issuer)
	if h.freshSecret {
		fmt.Fprintf(&b, "\nThe secret file %s was made. Keep a copy of it, apart from the backups of the database:\n"+
			"without it they can't be used, and with it they hold all that is needed to sign tokens.\n", s.SecretFile)
	}
	if link != "" {
		fmt.Fprintf(&b, "\nNobody is here yet. Make the first administrator at this address, within a day:\n%s\n", link)
	}
	_, err = io.WriteString(t.out, b.String()) // at once: who waits for the first line can read the rest
	return err
}
