package main

import (
	"path/filepath"
	"unicode/utf8"
)

// sourceFile is the name of a file whose whole content is the text, relative to the folder of the YAML file.
func sourceFile(into *string) shape {
	return func(t *yamlText, v value) {
		var name string
		text(&name)(t, v)
		if name == "" {
			return
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(t.path), name)
		}
		content, err := readSmallFile(name, 64<<10)
		switch {
		case err != nil:
			t.unreadable(v.at, "can't be read: "+err.Error())
		case !utf8.Valid(content):
			t.unreadable(v.at, "can't be read: it is not UTF-8 text")
		default:
			*into = string(content)
		}
	}
}
