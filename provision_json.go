package main

import (
	"encoding/json"

	"github.com/goccy/go-yaml/ast"
)

// jsonText is an object that is kept as JSON: written as YAML, of which JSON is a part, or as a text that holds JSON.
func jsonText(into *string) shape {
	return func(t *yamlText, v value) {
		if _, ok := v.Node.(*ast.MappingNode); !ok {
			*into = "{}" // if it can't be read, it isn't missing all the same
			text(into)(t, v)
			return
		}
		whole, err := json.Marshal(t.plain(v))
		if err != nil {
			t.unreadable(v.at, "can't be written as JSON")
			return
		}
		*into = string(whole)
	}
}

// plain is a value as encoding/json has it, of objects, lists and texts alone.
func (t *yamlText) plain(v value) any {
	switch n := v.Node.(type) {
	case *ast.MappingNode:
		object := map[string]any{}
		for _, member := range n.Values {
			name := member.Key.GetToken().Value
			if _, twice := object[name]; twice {
				t.wrongAt(member.Key.GetToken().Position.Line, v.at, "has a field twice: take one of them out")
			}
			object[name] = t.plain(value{member.Value, v.at})
		}
		return object
	case *ast.SequenceNode:
		list := make([]any, len(n.Values))
		for i, item := range n.Values {
			list[i] = t.plain(value{item, v.at})
		}
		return list
	}
	var s string
	text(&s)(t, v)
	return s
}
