package auth

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources parses what a folder's packages are built of, tests left out.
func sources(t *testing.T, folders ...string) (*token.FileSet, []*ast.File) {
	t.Helper()
	set, files := token.NewFileSet(), []*ast.File(nil)
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(set, path, nil, 0)
			files = append(files, file)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 5 {
		t.Fatalf("%d files", len(files))
	}
	return set, files
}

// secretive is what a comparison must not be about, by the last name of its operand.
var secretive = regexp.MustCompile(`(?i)(secret|password|passwd|token|csrf|cookie|mac|verifier|challenge|hash|assertion|signature|nonce|usercode|digest)$`)

// comparedOpenly are the operands of such names that give nothing away, and why.
var comparedOpenly = map[string]string{
	"jwtAssertion":     "the name of a type",
	"claims.TokenHash": "of the token that came with it, from the same hand",
}

// constant reports whether an operand says nothing that an attacker could learn: a literal, nil, or a length.
func constant(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return x.Name == "nil" || x.Name == "true" || x.Name == "false"
	case *ast.CallExpr:
		name, ok := x.Fun.(*ast.Ident)
		return ok && name.Name == "len"
	}
	return false
}

// lastName is the last name of an expression such as p.get("csrf") or given.CodeChallenge.
func lastName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.CallExpr:
		if len(x.Args) == 1 {
			if text, ok := x.Args[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
				return strings.Trim(text.Value, `"`)
			}
			return lastName(x.Args[0])
		}
		return lastName(x.Fun)
	case *ast.UnaryExpr:
		return lastName(x.X)
	case *ast.IndexExpr:
		return lastName(x.X)
	}
	return ""
}

// openComparisons finds secrets that are compared in a time that tells how much of them was right.
func openComparisons(set *token.FileSet, file *ast.File) (found []string) {
	suspect := func(n ast.Node, operands ...ast.Expr) {
		for _, x := range operands {
			if constant(x) {
				return
			}
		}
		for _, x := range operands {
			if _, open := comparedOpenly[types.ExprString(x)]; secretive.MatchString(lastName(x)) && !open {
				found = append(found, set.Position(n.Pos()).String()+": "+types.ExprString(x))
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				suspect(n, n.X, n.Y)
			}
		case *ast.CallExpr:
			switch types.ExprString(n.Fun) {
			case "bytes.Equal", "strings.EqualFold", "strings.Compare", "reflect.DeepEqual", "bytes.Compare", "slices.Equal", "slices.Contains", "strings.HasPrefix":
				suspect(n, n.Args...)
			}
		}
		return true
	})
	return found
}

// queries are the methods by which text becomes SQL, with the position of that text.
var queries = map[string]bool{
	"Where": true, "Or": true, "Not": true, "Order": true, "Select": true, "Group": true, "Having": true, "Joins": true,
	"Raw": true, "Exec": true, "Expr": true,
}

// madeOfParts is the SQL that isn't whole in one place of the source, and what it is made of. None of it comes from a request.
var madeOfParts = map[string]string{
	"device.go where":                    "one of two conditions of this package",
	"session_end.go which":               "a query, not text",
	"event_search.go condition":          "the conditions in the line above it",
	`management_stretch.go key + " > ?"`: "the key of each list",
	"management_user.go order":           "one of userOrders",
	"management_user.go term.condition":  "conditions of management_user_search.go",
	"sweep.go old":                       "our own conditions",
	"sweep.go key":                       "our own tables and their keys",
	`sweep.go "DELETE FROM " + table + " WHERE " + key + " IN (?)"`: "likewise",
	"erasure.go erase": "the statements in the lines above it",
	"erasure.go empty": "the statements of personalTexts",
	`erasure.go "DELETE FROM " + table + " WHERE user_id = ?"`: "our own tables",
	"kept.go columns":            "the columns in the lines below it",
	"kept.go key":                "the key of each table",
	"kept.go after":              "likewise",
	"kept.go acted":              "the columns in the line above it",
	"audit.go f.condition":       "the conditions in the lines above it",
	"entries.go condition":       "the conditions in the lines below it",
	"entries.go l.order":         "the one order of the list",
	"entry_row.go entrySelect":   "the columns of entries",
	"entry_row.go entryInsert":   "likewise",
	"entry_row.go entryUpdate":   "likewise",
	"tag.go l.order":             "likewise",
	"page.go l.order":            "the one order of each list",
	"page.go l.after":            "likewise",
	`page.go l.sorted + " >= ?"`: "the day's column of each list",
	"report_sum.go column":       "column0 or column1",
	`report_sum.go "LEFT JOIN (?) AS " + of + " ON " + of + ".id = " + column`:                                      "named0 or named1 likewise",
	`report_sum.go strings.Join(append(grouped, sumColumns), ", ")`:                                                 "the columns of groupings",
	`report_sum.go strings.Join(append(shown, "minutes", "billable_minutes", "approved_minutes", "entries"), ", ")`: "likewise",
	"import_names.go by.where":                          "the conditions in the loop around it",
	"replay.go which":                                   "the conditions of forgetReplays",
	`search.go "(" + strings.Join(where, " OR ") + ")"`: "columns and question marks",
}

// fixed reports whether an expression is text that stands in the source, or no text at all.
func fixed(x ast.Expr, constants map[string]bool) bool {
	switch x := x.(type) {
	case *ast.BasicLit, *ast.FuncLit:
		return true
	case *ast.Ident:
		return constants[x.Name]
	case *ast.BinaryExpr:
		return fixed(x.X, constants) && fixed(x.Y, constants)
	case *ast.ParenExpr:
		return fixed(x.X, constants)
	}
	return false
}

func TestConformanceSourceKeepsSecretsApart(t *testing.T) {
	set, files := sources(t, ".")
	prove(t, "Z-15 P-15 D-16 secrets are compared in constant time", func(t *testing.T) {
		constantTime := 0
		for _, file := range files {
			for _, found := range openComparisons(set, file) {
				t.Error(found + " is compared openly: use subtle.ConstantTimeCompare, or look it up by its hash")
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && types.ExprString(call.Fun) == "subtle.ConstantTimeCompare" {
					constantTime++
				}
				return true
			})
		}
		if constantTime < 4 {
			t.Errorf("%d constant-time comparisons: passwords, client secrets, PKCE and forms take one each", constantTime)
		}
		bad, err := parser.ParseFile(set, "bad.go",
			`package p; func f() bool { return given.Secret == known.Secret || bytes.Equal(token, p.get("x")) || form.get("csrf") != want }`, 0)
		if err != nil {
			t.Fatal(err)
		}
		if found := openComparisons(set, bad); len(found) != 4 {
			t.Errorf("of three bad comparisons these are found: %v", found)
		}
	})
	prove(t, "Z-15 secrets are looked up by their hash", func(t *testing.T) {
		column := regexp.MustCompile(`(?i)\b(secret|token|code|password|cookie|csrf|user_code|device_code|link)\b\s*(=|IN|LIKE)`)
		lookups := 0
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 {
					return true
				}
				text, ok := call.Args[0].(*ast.BasicLit)
				if !ok || text.Kind != token.STRING {
					return true
				}
				if column.MatchString(text.Value) {
					t.Errorf("%s: %s finds a secret by itself", set.Position(n.Pos()), text.Value)
				}
				if !strings.HasPrefix(text.Value, `"hash = ?`) || len(call.Args) < 2 {
					return true
				}
				lookups++
				given := types.ExprString(call.Args[1])
				if !strings.HasPrefix(given, "hashed(") &&
					!regexp.MustCompile(`(?i)hash|successor|device`).MatchString(given) {
					t.Errorf("%s: a hash is looked up by %s, which is none", set.Position(n.Pos()), given)
				}
				return true
			})
		}
		if lookups < 5 {
			t.Errorf("%d lookups by hash", lookups)
		}
	})
	prove(t, "Z-16 every parser of tokens is told the algorithms", func(t *testing.T) {
		parsers := 0
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch name := types.ExprString(call.Fun); {
				case name == "jwt.NewParser":
					parsers++
					if options := types.ExprString(call); !contains(options, "jwt.WithValidMethods(") ||
						!contains(options, "jwt.WithStrictDecoding()") {
						t.Errorf("%s: %s", set.Position(n.Pos()), options)
					}
				case name == "jwt.Parse" || name == "jwt.ParseWithClaims" || strings.HasSuffix(name, ".ParseUnverified"):
					t.Errorf("%s: %s takes any algorithm", set.Position(n.Pos()), name)
				}
				return true
			})
		}
		if parsers < 3 {
			t.Errorf("%d parsers: access tokens, ID tokens, assertions and proofs take one each", parsers)
		}
	})
}

func TestConformanceSourceHoldsAllSQL(t *testing.T) {
	holds(t, "Z-28")
	set, files := sources(t, ".", "../timesheets", "../web", "../store")
	constants := map[string]bool{}
	for _, file := range files {
		for _, d := range file.Decls {
			if group, ok := d.(*ast.GenDecl); ok && group.Tok == token.CONST {
				for _, spec := range group.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						constants[name.Name] = true
					}
				}
			}
		}
	}
	seen, met := 0, map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !queries[method.Sel.Name] || types.ExprString(method.X) == "cmp" {
				return true
			}
			seen++
			text := call.Args[0]
			name := filepath.Base(set.Position(n.Pos()).Filename) + " " + types.ExprString(text)
			_, known := madeOfParts[name]
			met[name] = true
			if !known && !fixed(text, constants) {
				t.Errorf("%s: %s(%s) makes SQL of what isn't in the source", set.Position(n.Pos()), method.Sel.Name,
					types.ExprString(text))
			}
			return true
		})
	}
	if seen < 50 {
		t.Errorf("%d queries", seen)
	}
	for name := range madeOfParts {
		if !met[name] {
			t.Errorf("%s is excepted, and nothing in the source is so: drop the exception", name)
		}
	}
}

// What the settings say of TLS is what connections are served with: that a certificate reaches them is tried in package main,
// by a client that trusts nobody else's.
func TestConformanceSourceServesTLS(t *testing.T) {
	holds(t, "Z-39")
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "../listen.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]map[string]string{"http.Server": {}, "tls.Config": {}}
	serves := []string{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if into := members[types.ExprString(n.Type)]; into != nil {
				for _, member := range n.Elts {
					pair := member.(*ast.KeyValueExpr)
					into[types.ExprString(pair.Key)] = types.ExprString(pair.Value)
				}
			}
		case *ast.IfStmt:
			if types.ExprString(n.Cond) == "encrypt != nil" {
				ast.Inspect(n.Body, func(n ast.Node) bool {
					if call, ok := n.(*ast.CallExpr); ok {
						serves = append(serves, types.ExprString(call))
					}
					return true
				})
			}
		}
		return true
	})
	for _, name := range []string{"Handler", "ReadHeaderTimeout", "ReadTimeout", "WriteTimeout", "IdleTimeout",
		"MaxHeaderBytes"} {
		if members["http.Server"][name] == "" {
			t.Errorf("the server is made without %s", name)
		}
	}
	if members["http.Server"]["TLSConfig"] != "encrypt" || members["tls.Config"]["MinVersion"] != "tls.VersionTLS12" ||
		members["tls.Config"]["Certificates"] == "" ||
		members["tls.Config"]["InsecureSkipVerify"] != "" {
		t.Errorf("TLS is %v", members)
	}
	if len(serves) != 1 || serves[0] != `server.ServeTLS(listener, "", "")` {
		t.Errorf("with a certificate it serves by %v", serves)
	}
}
