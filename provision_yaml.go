package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A shape reads one value of a YAML file to where it belongs, or says what is wrong with it.
type shape func(t *yamlText, v value)

// value is one value of the file and the JSON Pointer (RFC 6901) at which it stands.
type value struct {
	ast.Node
	at string
}

// fields are the members that an object can have.
type fields map[string]shape

// object is a mapping with these fields and no others.
func object(known fields) shape {
	return func(t *yamlText, v value) {
		mapping, ok := v.Node.(*ast.MappingNode)
		if !ok {
			t.wrongKind(v, "fields and their values")
			return
		}
		for _, member := range mapping.Values {
			key := member.Key.GetToken()
			name, at := key.Value, v.at+"/"+key.Value
			read, ok := known[name]
			switch {
			case !ok:
				t.wrongAt(key.Position.Line, v.at, unknown(name, slices.Sorted(maps.Keys(known))))
			case t.has(at):
				t.wrongAt(key.Position.Line, at, "stands here twice: take one of them out")
			default:
				t.lines[at] = key.Position.Line
				read(t, value{member.Value, at})
			}
		}
	}
}

// optional is an object that is there or not.
func optional[T any](into **T, of func(*T) shape) shape {
	return func(t *yamlText, v value) {
		*into = new(T)
		of(*into)(t, v)
	}
}

// list is a sequence of values of one shape.
func list[T any](into *[]T, of func(*T) shape) shape {
	return func(t *yamlText, v value) {
		sequence, ok := v.Node.(*ast.SequenceNode)
		if !ok {
			t.wrongKind(v, "a list")
			return
		}
		*into = make([]T, len(sequence.Values))
		for i, node := range sequence.Values {
			at := fmt.Sprintf("%s/%d", v.at, i)
			t.lines[at] = lineOf(node)
			of(&(*into)[i])(t, value{node, at})
		}
	}
}

// texts is a mapping of any names to texts.
func texts(into *map[string]string) shape {
	return func(t *yamlText, v value) {
		mapping, ok := v.Node.(*ast.MappingNode)
		if !ok {
			t.wrongKind(v, "names and their texts")
			return
		}
		known, read := fields{}, map[string]*string{}
		for _, member := range mapping.Values {
			name := member.Key.GetToken().Value
			read[name] = new(string)
			known[name] = text(read[name])
		}
		object(known)(t, v)
		*into = map[string]string{}
		for name, value := range read {
			(*into)[name] = *value
		}
	}
}

// text is a string. A number isn't taken for one: 007 would not be read as it is written.
func text(into *string) shape {
	return func(t *yamlText, v value) {
		switch n := v.Node.(type) {
		case *ast.StringNode:
			*into = n.Value
		case *ast.LiteralNode:
			*into = n.Value.Value
		default:
			t.wrongKind(v, "text")
		}
	}
}

// textFile is the name of a file whose trimmed content is the text, relative to the folder of the YAML file.
func textFile(into *string) shape {
	return func(t *yamlText, v value) {
		var name string
		text(&name)(t, v)
		if name == "" {
			return
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(t.path), name)
		}
		content, err := readSmallFile(name, 4<<10)
		if err != nil {
			t.unreadable(v.at, "can't be read: "+err.Error())
			return
		}
		*into = string(bytes.TrimSpace(content))
	}
}

// yes is true or false.
func yes(into *bool) shape {
	return func(t *yamlText, v value) {
		if n, ok := v.Node.(*ast.BoolNode); ok {
			*into = n.Value
			return
		}
		t.wrongKind(v, "true or false")
	}
}

// no is true or false, of which the opposite is kept: what is true unless the file says otherwise.
func no(into *bool) shape {
	return func(t *yamlText, v value) {
		says := !*into
		yes(&says)(t, v)
		*into = !says
	}
}

// number is a whole number, written in digits.
func number(into *int) shape {
	return func(t *yamlText, v value) {
		if n, ok := v.Node.(*ast.IntegerNode); ok {
			if parsed, err := strconv.Atoi(n.GetToken().Value); err == nil {
				*into = parsed
				return
			}
		}
		t.wrongKind(v, "a whole number")
	}
}

// read reads the content and reports whether it had the shape of a YAML document at all.
func (t *yamlText) read(content []byte, of shape) bool {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) || bytes.ContainsRune(content, 0) {
		t.wrongAt(1, "", "is not UTF-8 text")
		return false
	}
	file, err := parser.ParseBytes(content, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		t.notYAML(err)
		return false
	}
	documents := slices.DeleteFunc(file.Docs, func(d *ast.DocumentNode) bool { return d.Body == nil })
	switch len(documents) {
	case 0:
		t.wrongAt(1, "", "is empty: say what should exist, such as organization, users, clients or projects")
	case 1:
		of(t, value{documents[0].Body, ""})
	default:
		t.wrongAt(lineOf(documents[1].Body), "", "must be one document: take out the line --- above")
	}
	return len(documents) == 1
}

// notYAML tells the parser's message without the lines that it quotes: they may hold a secret.
func (t *yamlText) notYAML(err error) {
	line, message := 1, "the file can't be read to its end"
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		line, message = syntax.Token.Position.Line, syntax.Message
	}
	t.wrongAt(line, "", "is not YAML: "+strings.ReplaceAll(message, "\n", " "))
}

func lineOf(n ast.Node) int {
	if token := n.GetToken(); token != nil {
		return token.Position.Line
	}
	return 1
}
