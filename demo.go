package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"
)

type demo struct {
	Listen string `default:"localhost:8080" placeholder:"HOST:PORT" help:"Address to listen on, of this machine alone (default: ${default})."`
}

// exampleCo is a provisioning file.
//
//go:embed demo.yaml
var exampleCo []byte

// Everybody at ExampleCo has the same password, whose hash is here since making it for each would take longer than the
// rest of the start.
const (
	examplePassword = "correct horse battery"
	exampleHash     = "$argon2id$v=19$m=19456,t=2,p=1$RXhhbXBsZUNvJ3Mgc2FsdA$4bOvZmKRlcMRf09gufbvU4NNVUXctuQchBpJMNeT4Ow"
)

// Run serves ExampleCo until ctx ends, and leaves nothing behind.
func (d demo) Run(ctx context.Context, t terminal) (err error) {
	log := slog.New(slog.NewTextHandler(t.log, nil))
	slog.SetDefault(log)
	listener, err := d.listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	folder, err := os.MkdirTemp("", "punchcard-demo-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(folder)
	issuer := settings{Listen: d.Listen}.issuer(listener.Addr())
	p, err := exampleProvisioning()
	if err != nil {
		return err
	}
	h, err := buildExample(ctx, folder, issuer, p, time.Now(), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	var told bytes.Buffer
	guide{issuer, p.directory}.print(&told)
	if _, err := told.WriteTo(t.out); err != nil { // at once: who waits for the first line can read the rest
		return err
	}
	return answer(ctx, listener, nil, h.handler, log)
}

// listen refuses any address that another machine can reach: the demo's secrets are known to the whole world.
func (d demo) listen() (net.Listener, error) {
	address, err := net.ResolveTCPAddr("tcp", d.Listen)
	if err == nil && !address.IP.IsLoopback() {
		return nil, fmt.Errorf("everybody knows the demo's passwords, so it listens on this machine alone: "+
			"give --listen as localhost:PORT, not %s", d.Listen)
	}
	return settings{Listen: d.Listen}.listen()
}

// exampleProvisioning is the demo's provisioning file, with the password for everybody.
func exampleProvisioning() (*provisioning, error) {
	p, err := parseProvisioning("demo.yaml", exampleCo)
	for i := range p.directory.People {
		p.directory.People[i].PasswordHash = exampleHash
	}
	return p, err
}

// buildExample builds ExampleCo in the folder, with the weeks up to now.
func buildExample(ctx context.Context, folder, issuer string, p *provisioning, now time.Time, log *slog.Logger) (*house, error) {
	s := settings{DB: "sqlite:" + filepath.Join(folder, "punchcard.db"), SecretFile: filepath.Join(folder, "punchcard.secret")}
	h, err := build(ctx, s, issuer, p, log)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, h, p.directory.People, now); err != nil {
		return nil, errors.Join(fmt.Errorf("fill ExampleCo's timesheets: %w", err), h.close())
	}
	return h, nil
}
