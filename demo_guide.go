package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"

	"punchcard/auth"
)

// guide is what the demo tells about itself: who can sign in, and what to try.
type guide struct {
	issuer string
	auth.Directory
}

func (g guide) print(out io.Writer) {
	fmt.Fprintf(out, "ExampleCo is at %s until you press Ctrl-C; nothing of it is kept.\n\n", g.issuer)
	fmt.Fprintf(out, "These people can sign in, each with the password: %s\n\n", examplePassword)
	g.printPeople(out)
	fmt.Fprintf(out, "\nOpen %sapp/ and sign in: as ada@ to file a week, as mia@ to approve it, as grace@ to administer.\n", g.issuer)
	fmt.Fprint(out, "\nThese applications are registered:\n\n")
	g.printClients(out)
	fmt.Fprintf(out, "\nPayroll gets a token for itself and reads everybody's time:\n\n%s\n", g.machineCall())
	fmt.Fprintf(out, "\nThe phone app gets one for a person. Sign in at\n\n%s\n", g.authorizeURL())
	fmt.Fprintf(out, "\nand copy the code from the address that the browser is sent to, where no phone app is listening, into\n\n%s\n",
		g.exchange())
	fmt.Fprint(out, "\nREADME.md goes on from here: its five-minute tour files, submits and approves time.\n\n")
}

func (g guide) printPeople(out io.Writer) {
	names := map[string]string{}
	for _, p := range g.People {
		names[p.Email] = p.Name
	}
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "  NAME\tE-MAIL\tROLE\tTEAM OF")
	for _, p := range g.People {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", p.Name, p.Email, strings.Join(p.Roles, ", "), cmp.Or(names[p.Manager], "-"))
	}
	table.Flush()
}

func (g guide) printClients(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "  CLIENT_ID\tTYPE\tCLIENT_SECRET\tREDIRECT_URI")
	for _, c := range g.Clients {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", c.ID, c.Type, cmp.Or(c.Secret, "-"),
			cmp.Or(strings.Join(c.RedirectURIs, " "), "-"))
	}
	table.Flush()
}

func (g guide) secret(client string) string {
	for _, c := range g.Clients {
		if c.ID == client {
			return c.Secret
		}
	}
	return ""
}

// machineCall is one line for the shell: a call with the token that is cut out of the answer to another.
func (g guide) machineCall() string {
	const line = `  curl -s "%[1]stimesheets?limit=2" -H "Authorization: Bearer $(curl -s %[1]soauth/token ` +
		`-u payroll:%[2]s -d grant_type=client_credentials | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"`
	return fmt.Sprintf(line, g.issuer, g.secret("payroll"))
}

// A pair of PKCE (RFC 7636), the one of its appendix B: printed here it protects nothing, but shows how it goes.
const (
	exampleVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	exampleChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	exampleRedirect  = "http://127.0.0.1/callback"
)

func (g guide) authorizeURL() string {
	return "  " + g.issuer + "authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {"timesheets-mobile"}, "redirect_uri": {exampleRedirect},
		"scope": {"openid offline_access read:timesheets create:timesheets"}, "state": {"demo"},
		"code_challenge": {exampleChallenge}, "code_challenge_method": {"S256"},
	}.Encode()
}

func (g guide) exchange() string {
	return fmt.Sprintf("  curl -s %soauth/token -d grant_type=authorization_code -d client_id=timesheets-mobile "+
		"-d redirect_uri=%s -d code_verifier=%s -d code=CODE", g.issuer, exampleRedirect, exampleVerifier)
}
