package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestARuleIsTriedFromTheCommandLine(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "good.js", `function (user, context, callback) {
		console.log('hello', user.email);
		context.idToken['https://x.example/email'] = user.email;
		context.accessToken.sub = 'forged';
		context.accessToken.scope = ['read:timesheets'];
		callback(null, user, context);
	}`)
	write(t, "deny.js", `function (user, context, callback) { callback(new UnauthorizedError('not ' + context.clientID)); }`)
	write(t, "broken.js", "function (user, context, callback) {\n  nothing.there();\n}")
	write(t, "hang.js", `function (user, context, callback) { for (;;) {} }`)
	write(t, "configured.js", `function (user, context, callback) {
		console.log('with', configuration.API_KEY);
		context.idToken['https://x.example/key'] = '' + configuration.API_KEY + configuration.MODE + Object.keys(configuration).length;
		callback(null, user, context);
	}`)
	write(t, "user.json", `{"email": "mia@exampleco.com"}`)
	write(t, "context.json", `{"clientID": "reports", "accessToken": {}, "idToken": {}}`)
	write(t, "list.json", `[]`)
	for _, c := range []struct {
		args   string
		status int
		want   []string
	}{
		{"good.js", 0, []string{
			"allowed\nscope: read:timesheets\nID token: {\n  \"https://x.example/email\": \"ada@exampleco.com\"\n}\n",
			`ignored: accessToken."sub", which only the server sets`, "good.js: passed in ", "\n  hello ada@exampleco.com\n",
		}},
		{"good.js --user user.json --context context.json", 0, []string{`"https://x.example/email": "mia@exampleco.com"`}},
		{"deny.js --context context.json", 0, []string{"denied: not reports\ndeny.js: denied in "}},
		{"broken.js", failed, []string{"failed: nobody would be let in\n", "ReferenceError: nothing is not defined", "broken.js:2"}},
		{"hang.js", failed, []string{"failed: nobody would be let in\n", "it took too long"}},
		{"configured.js --configuration API_KEY=a=b;c --configuration MODE=on", 0, []string{`"https://x.example/key": "a=b;con2"`, "\n  with [API_KEY]\n"}},
		{"configured.js", 0, []string{`"https://x.example/key": "undefinedundefined0"`}},
		{"configured.js --configuration API-KEY=x", failed, []string{"--configuration API-KEY is no key: it must have 1 to 127 letters"}},
		{"configured.js --configuration API_KEY=", failed, []string{"--configuration API_KEY must be a text of 1 to 4096 bytes"}},
		{"configured.js --configuration API_KEY", misspelled, []string{"see punchcard rules test --help"}},
		{"missing.js", failed, []string{"the rule can't be read"}},
		{"good.js --user list.json", failed, []string{"list.json must hold a JSON object"}},
		{"good.js --context missing.json", failed, []string{"the JSON file can't be read"}},
		{"", misspelled, []string{"<file>", "see punchcard rules test --help"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			screen := &screen{}
			if status := run(t.Context(), append([]string{"rules", "test"}, strings.Fields(c.args)...), terminal{screen, screen}); status != c.status {
				t.Errorf("status %d", status)
			}
			for _, want := range c.want {
				if !strings.Contains(screen.String(), want) {
					t.Errorf("it printed %s, want %s", screen, want)
				}
			}
		})
	}
}

func TestProvisionedRulesRun(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("rules", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join("rules", "one.js"), goodRule)
	file := smallFile + "rules:\n  - {name: one, file: rules/one.js}\n"
	if people, _ := provisioned(t, file); len(people) != 2 {
		t.Errorf("there are %d people", len(people))
	}
	write(t, filepath.Join("rules", "one.js"), "function (user {")
	write(t, "punchcard.yaml", file)
	log := &screen{}
	if status := run(t.Context(), []string{"--listen=localhost:0", "--provision=punchcard.yaml"}, terminal{log, log}); status != failed {
		t.Errorf("status %d", status)
	}
	if want := "punchcard.yaml:14: rules[0].file: can't be used: it is no JavaScript function"; !strings.Contains(log.String(), want) {
		t.Errorf("it said %s", log)
	}
}
