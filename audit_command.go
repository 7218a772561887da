package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"punchcard/store"
	"punchcard/timesheets"
)

// audit is what an auditor does with the records of what was done, also while servers run.
type audit struct {
	Verify auditVerify `cmd:"" help:"Look through all records, and say which is the first that isn't as it was written."`
}

type auditVerify struct {
	DB     string `name:"db" default:"sqlite:punchcard.db" placeholder:"URL" help:"Database: sqlite:FILE or postgres://… (default: ${default})."`
	Save   string `placeholder:"FILE" help:"Write down where each chain ends: the lines that the digest is of."`
	Since  string `placeholder:"FILE" help:"What --save wrote before: all of it must still be so, whatever was added."`
	Digest string `placeholder:"sha256:…" help:"The digest that was noted: of the file of --since or, without one, of today's chains."`
}

// Run verifies the audit, and fails if anything isn't as it was.
func (c auditVerify) Run(ctx context.Context, t terminal) (err error) {
	since, err := c.noted()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, c.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	v, err := timesheets.New(db, timesheets.Settings{}).VerifyAudit(ctx, since)
	switch {
	case err != nil:
		return err
	case !v.OK:
		return v.Broken
	case c.Since == "" && c.Digest != "" && c.Digest != *v.Digest:
		return fmt.Errorf("the digest is %s now. If anything was written since the other was noted, it can be compared only "+
			"with the file that --save wrote then: name it with --since", *v.Digest)
	}
	if c.Save != "" {
		if err := os.WriteFile(c.Save, []byte(v.Heads.String()), 0o600); err != nil {
			return fmt.Errorf("where the chains end can't be written down: %w", err)
		}
	}
	fmt.Fprintf(t.out, "All %d records in %d chains are as they were written.\n%s\n", v.Records, v.Chains, *v.Digest)
	return nil
}

// noted is what the file of --since has, which is the one whose digest was noted if that is named.
func (c auditVerify) noted() (timesheets.AuditHeads, error) {
	if c.Since == "" {
		return nil, nil
	}
	file, err := os.Open(c.Since)
	if err != nil {
		return nil, fmt.Errorf("what was noted can't be read: %w", err)
	}
	defer file.Close()
	heads, err := timesheets.ReadAuditHeads(file)
	if err != nil {
		return nil, fmt.Errorf("%s isn't what --save wrote: %w", c.Since, err)
	}
	if digest := heads.Digest(); c.Digest != "" && c.Digest != digest {
		return nil, fmt.Errorf("%s isn't what was noted: its digest is %s", c.Since, digest)
	}
	return heads, nil
}
