package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"punchcard/auth"
	"punchcard/store"
)

// keys is what an administrator does with the signing keys, also while servers run: they hear of it within a second.
type keys struct {
	List   keysList   `cmd:"" help:"List the signing keys that are published."`
	Rotate keysRotate `cmd:"" help:"Publish a new key, which signs from an hour later on; nothing is interrupted."`
	Revoke keysRevoke `cmd:"" help:"End a key that became known to somebody: its tokens are refused at once."`
}

// keyFiles are where the keys and the secret that protects them are.
type keyFiles struct {
	DB         string `name:"db" default:"sqlite:punchcard.db" placeholder:"URL" help:"Database: sqlite:FILE or postgres://… (default: ${default})."`
	SecretFile string `default:"punchcard.secret" placeholder:"FILE" help:"File of the secret that protects the signing keys (default: ${default})."`
}

// open opens the keys for as long as use takes.
func (f keyFiles) open(ctx context.Context, use func(*auth.Keys) error) (err error) {
	if _, err := os.Stat(f.SecretFile); err != nil {
		return fmt.Errorf("the secret file can't be read: %w; name it with --secret-file", err)
	}
	secret, _, err := readSecret(f.SecretFile, slog.Default())
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, f.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	k, err := auth.OpenKeys(ctx, db, secret)
	if err != nil {
		return err
	}
	if len(k.List()) == 0 {
		return fmt.Errorf("there are no keys in %s: name the database of a server that was started before with --db", f.DB)
	}
	return use(k)
}

type keysList struct {
	keyFiles `embed:""`
}

// Run prints a line for each key.
func (c keysList) Run(ctx context.Context, t terminal) error {
	return c.open(ctx, func(k *auth.Keys) error {
		table := tabwriter.NewWriter(t.out, 0, 0, 3, ' ', 0)
		fmt.Fprintln(table, "KID\tALG\tUSE\tSIGNS FROM")
		for _, key := range k.List() {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", key.ID, key.Alg, key.Use, key.ActiveAt.Format(time.RFC3339))
		}
		return table.Flush()
	})
}

type keysRotate struct {
	keyFiles `embed:""`
	Alg      string `default:"ES256" help:"Algorithm of the new key (default: ${default})."`
}

// Run makes the next key of an algorithm.
func (c keysRotate) Run(ctx context.Context, t terminal) error {
	return c.open(ctx, func(k *auth.Keys) error {
		key, err := k.Rotate(ctx, c.Alg)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s is published now and signs from %s on.\n", key.ID, key.ActiveAt.Format(time.RFC3339))
		return nil
	})
}

type keysRevoke struct {
	keyFiles `embed:""`
	KID      string `arg:"" name:"kid" help:"The key, as the list names it."`
}

// Run ends a key.
func (c keysRevoke) Run(ctx context.Context, t terminal) error {
	return c.open(ctx, func(k *auth.Keys) error {
		if err := k.Revoke(ctx, c.KID); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s is revoked: every token that it signed is refused from now on.\n", c.KID)
		return nil
	})
}
