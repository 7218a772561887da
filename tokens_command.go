package main

import (
	"context"
	"errors"
	"fmt"

	"punchcard/auth"
	"punchcard/store"
)

// tokens is what an administrator does with tokens in an emergency, also while servers run: they hear of it within a second.
type tokens struct {
	Revoke tokensRevoke `cmd:"" help:"Refuse every token that was issued until now: of a person, of an application, or all."`
}

type tokensRevoke struct {
	DB     string `name:"db" default:"sqlite:punchcard.db" placeholder:"URL" help:"Database: sqlite:FILE or postgres://… (default: ${default})."`
	User   string `xor:"whose" required:"" placeholder:"EMAIL" help:"Of the person with this e-mail address, who has to sign in again."`
	Client string `xor:"whose" required:"" placeholder:"ID" help:"Of the application with this client_id."`
	All    bool   `xor:"whose" required:"" help:"Of everybody: all have to sign in again."`
}

// Run revokes the tokens.
func (c tokensRevoke) Run(ctx context.Context, t terminal) (err error) {
	if c.User == "" && c.Client == "" && !c.All {
		return errors.New("say whose tokens to revoke: --user EMAIL, --client ID or --all")
	}
	db, err := store.Open(ctx, c.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := auth.RevokeTokens(ctx, db, auth.Holders{User: c.User, Client: c.Client, Everybody: c.All}); err != nil {
		return err
	}
	whose := "everybody"
	if !c.All {
		whose = c.User + c.Client
	}
	fmt.Fprintf(t.out, "The tokens of %s are revoked: whatever was issued until now is refused.\n", whose)
	return nil
}
