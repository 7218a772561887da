// Punchcard is a timesheet API that brings its own authorization server, in one binary.
//
// main puts the rooms together: store opens the database, auth is the authorization server, timesheets the domain, web the
// HTTP surface. Each uses only those named before it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are what can be asked for on the command line. Without a command, it is serve.
type commands struct {
	Serve   serve   `cmd:"" default:"withargs" help:"Serve the API and the sign-in pages (what happens without a command)."`
	Demo    demo    `cmd:"" help:"Serve ExampleCo, with people, projects and weeks of entries, from a temporary folder."`
	Keys    keys    `cmd:"" help:"List, rotate or revoke the keys that tokens are signed with."`
	Tokens  tokens  `cmd:"" help:"Revoke tokens."`
	Mail    mails   `cmd:"" help:"Try the mail server."`
	Version version `cmd:"" help:"Print the version."`

	Rules rulesCommand `cmd:"" help:"Try rules."`

	Audit  audit         `cmd:"" help:"Verify the records of what was done."`
	Person personCommand `cmd:"" help:"Erase a person."`
}

// terminal is where a command speaks: what was asked for to out, what happens meanwhile to log.
type terminal struct{ out, log io.Writer }

func main() {
	// A durable write holds one processor while it waits for the disk; everyone else needs another.
	if runtime.GOMAXPROCS(0) < 2 {
		runtime.GOMAXPROCS(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	os.Exit(run(ctx, os.Args[1:], terminal{os.Stdout, os.Stderr}))
}

// Exit statuses.
const (
	failed     = 1
	misspelled = 2 // the command line
)

// run runs the command that the arguments and the environment ask for, and returns its exit status.
func run(ctx context.Context, args []string, t terminal) int {
	parser := kong.Must(&commands{},
		kong.Name("punchcard"),
		kong.Description("A timesheet API that brings its own authorization server."),
		kong.DefaultEnvars("PUNCHCARD"),
		kong.Writers(t.out, t.log),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t),
	)
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(t.log, "punchcard: %v; see punchcard %s--help\n", err, asked(args, err))
		return misspelled
	}
	if err := command.Run(); err != nil && !(ctx.Err() != nil && errors.Is(err, context.Canceled)) {
		fmt.Fprintf(t.log, "punchcard: %v\n", err)
		return failed
	}
	return 0
}

// asked is the command that the arguments name, with a space behind it; empty if they name none.
func asked(args []string, err error) string {
	wrong, ok := errors.AsType[*kong.ParseError](err)
	if ok && wrong.Context.Selected() != nil && slices.Contains(args, wrong.Context.Selected().Name) {
		return wrong.Context.Selected().Path() + " "
	}
	return ""
}
