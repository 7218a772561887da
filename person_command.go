package main

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/timesheets"
)

// personCommand is what an administrator does for people, also while servers run: they hear of it within a second.
type personCommand struct {
	Erase personErase `cmd:"" help:"Take out all that is personal of somebody, for good. Their hours stay, under no name."`
}

type personErase struct {
	DB  string `name:"db" default:"sqlite:punchcard.db" placeholder:"URL" help:"Database: sqlite:FILE or postgres://… (default: ${default})."`
	Yes bool   `help:"Do it. Without this, it only says what would be done."`
	Who string `arg:"" name:"email-or-id" help:"The person's e-mail address, or id (usr_…)."`
}

// Run erases the person.
func (c personErase) Run(ctx context.Context, t terminal) (err error) {
	db, err := store.Open(ctx, c.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	person, err := auth.FindPerson(ctx, db, c.Who)
	if err != nil {
		return err
	}
	sheets := timesheets.New(db, timesheets.Settings{})
	if !c.Yes {
		entries, err := sheets.CountEntries(ctx, person.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s <%s>, %s, would be erased for good: name, address, password, sign-ins, consents, what the log tells of\n"+
			"them, and the words in their %d entries, in their periods and in the audit. Hours, states and decisions stay under the id.\n"+
			"A provisioning file that names them would make them anew: take them out of it. Nothing was done; to do it, add --yes.\n",
			person.Name, person.Email, person.ID, entries)
		return nil
	}
	err = auth.Erase(ctx, db, person.ID, func(tx *gorm.DB) error { return sheets.Erase(tx, person.ID) })
	if err != nil {
		return err
	}
	if err := db.Compact(ctx); err != nil {
		return fmt.Errorf("%s is erased, but traces may be left in the file until this is run again: %w", person.ID, err)
	}
	fmt.Fprintf(t.out, "%s is erased. Copies of the database from before still have everything.\n", person.ID)
	return nil
}
