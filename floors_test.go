package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms are the packages from the top of the house to its bottom. Each may use those below it.
var rooms = []string{"main", "web", "timesheets", "auth", "store"}

// Rooms that know nothing of HTTP.
var withoutHTTP = map[string]bool{"timesheets": true, "store": true}

// What registers a route on a gin engine.
var registers = []string{"Handle", "Any", "Match", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
	"Group", "Static", "StaticFile", "StaticFileFS", "StaticFS"}

func TestEachRoomUsesOnlyThoseBelow(t *testing.T) {
	checked := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if hidden := strings.HasPrefix(entry.Name(), ".") && path != "."; entry.IsDir() && (hidden || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, fault := range breaches(t, filepath.ToSlash(path), string(source)) {
			t.Error(fault)
		}
		checked++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 50 {
		t.Errorf("only %d files were found", checked)
	}
}

func TestBreachesAreFound(t *testing.T) {
	for _, c := range []struct{ path, source, want string }{
		{"web/x.go", `package web; import "punchcard/timesheets"`, ""},
		{"main.go", `package main; import "punchcard/web"`, ""},
		{"auth/rules/x.go", `package rules; import "punchcard/auth"`, ""},
		{"timesheets/x_test.go", `package timesheets; import ("net/http"; "punchcard/store/storetest")`, ""},
		{"auth/x.go", `package auth; import "punchcard/timesheets"`, "auth/x.go uses punchcard/timesheets, which is not below it"},
		{"auth/x_test.go", `package auth; import "punchcard/web"`, "auth/x_test.go uses punchcard/web, which is not below it"},
		{fromOutside, `package auth_test; import "punchcard/web"`, ""},
		{"timesheets/x.go", `package timesheets; import "punchcard/web"`, "timesheets/x.go uses punchcard/web, which is not below it"},
		{"store/migrations/x.go", `package x; import "punchcard/auth"`, "store/migrations/x.go uses punchcard/auth, which is not below it"},
		{"web/x.go", `package web; import "punchcard"`, "web/x.go uses punchcard, which is not below it"},
		{"timesheets/x.go", `package timesheets; import "net/http"`, "timesheets/x.go uses net/http, of which this room knows nothing"},
		{"store/x.go", `package store; import "github.com/gin-gonic/gin"`, "store/x.go uses github.com/gin-gonic/gin, of which this room knows nothing"},
		{"tools/x.go", `package tools`, "tools/x.go is in no room of the house"},
		{"web/x.go", `package web; func f(e E) { e.GET("/secret", nil) }`, "web/x.go registers a route by GET; that is for web/routes.go"},
		{"auth/x.go", `package auth; func f(e E) { e.Group("/x").Handle("PUT", "/y", nil) }`, "auth/x.go registers a route by Handle; that is for web/routes.go"},
		{"web/server.go", `package web; func f(e E) { e.Handle("GET", "/x", nil) }`, "web/server.go registers a route by Handle; that is for web/routes.go"},
		{"web/server.go", `package web; func f(e E, r route) { e.Handle(r.method, r.path, nil) }`, ""},
		{"web/x.go", `package web; import "log/slog"; func f() { slog.Any("path", 1) }`, ""},
	} {
		if got := strings.Join(breaches(t, c.path, c.source), "; "); got != c.want {
			t.Errorf("%s: %s: found %q, want %q", c.path, c.source, got, c.want)
		}
	}
}

// breaches is what a file does against the order of the house.
func breaches(t *testing.T, path, source string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	room := roomOf(strings.TrimSuffix("punchcard/"+path, "/"+filepath.Base(path)))
	if !slices.Contains(rooms, room) {
		return []string{path + " is in no room of the house"}
	}
	var imports []string
	for _, spec := range file.Imports {
		used, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		imports = append(imports, used)
	}
	return append(misuses(room, path, imports), registrations(file, path, imports)...)
}

// fromOutside is the one file that looks at the whole house from outside of its room, for auth's report of conformance.
const fromOutside = "auth/conformance_house_test.go"

// misuses are the imports that a file must not have. A test may speak HTTP anywhere.
func misuses(room, path string, imports []string) (found []string) {
	for _, used := range imports {
		ours := used == "punchcard" || strings.HasPrefix(used, "punchcard/")
		http := used == "net/http" || strings.HasPrefix(used, "net/http/") || strings.HasPrefix(used, "github.com/gin-gonic/")
		switch {
		case ours && path != fromOutside && slices.Index(rooms, roomOf(used)) < slices.Index(rooms, room):
			found = append(found, fmt.Sprintf("%s uses %s, which is not below it", path, used))
		case http && withoutHTTP[room] && !strings.HasSuffix(path, "_test.go"):
			found = append(found, fmt.Sprintf("%s uses %s, of which this room knows nothing", path, used))
		}
	}
	return found
}

// roomOf is the room that a package belongs to.
func roomOf(importPath string) string {
	parts := strings.Split(importPath, "/")
	if len(parts) == 1 {
		return "main"
	}
	return parts[1]
}

// registrations are the calls that register a route outside of web/routes.go. web/server.go may register what the table there
// says, and so has no path of its own; a test may make an engine of its own.
func registrations(file *ast.File, path string, imports []string) (found []string) {
	if path == "web/routes.go" || strings.HasSuffix(path, "_test.go") {
		return nil
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !slices.Contains(registers, method.Sel.Name) || isPackage(method.X, imports) {
			return true
		}
		literal := slices.ContainsFunc(call.Args[:2], func(e ast.Expr) bool { _, ok := e.(*ast.BasicLit); return ok })
		if path != "web/server.go" || literal {
			found = append(found, fmt.Sprintf("%s registers a route by %s; that is for web/routes.go", path, method.Sel.Name))
		}
		return true
	})
	return found
}

// isPackage reports whether x names an imported package, as in slog.Any.
func isPackage(x ast.Expr, imports []string) bool {
	name, ok := x.(*ast.Ident)
	return ok && slices.ContainsFunc(imports, func(used string) bool { return used[strings.LastIndex(used, "/")+1:] == name.Name })
}
