package auth

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// params are the parameters of a request to an OAuth endpoint. One that is empty counts as absent (RFC 6749 §3.1, §3.2).
type params struct {
	values  map[string]string
	doubled []string // names that came more than once, which is refused
	key     string   // thumbprint of the key that a token request proved by DPoP; empty: none
	pushed  bool     // the application handed them in directly (RFC 9126)
	host    string   // to which it was sent; known at the token endpoint
	about   *event   // likewise: what the log will say of it
}

func (p params) get(name string) string { return p.values[name] }

// Bounds, far above what any client sends.
const (
	maxParams = 100
	maxValue  = 16 << 10 // bytes
	maxScope  = 4 << 10  // bytes of a scope, whose names are compared with each other
)

func newParams(lists ...url.Values) (params, error) {
	p := params{values: map[string]string{}}
	for _, list := range lists {
		for name, values := range list {
			for _, value := range values {
				if value == "" {
					continue
				}
				if had, ok := p.values[name]; ok && (name != "resource" || had != value) { // RFC 8707 §2 lets resource repeat
					p.doubled = append(p.doubled, name)
				}
				p.values[name] = value
				if len(value) > maxValue || name == "scope" && len(value) > maxScope || !utf8.ValidString(value) || !utf8.ValidString(name) {
					return p, refuse("invalid_request", "A parameter is too long or not UTF-8").telling("pages.wrong.malformed")
				}
				if name != "state" && strings.ContainsRune(value, 0) { // the state comes back byte for byte, whatever it is
					return p, refuse("invalid_request", "A parameter holds the character U+0000").telling("pages.wrong.malformed")
				}
			}
		}
	}
	if len(p.values)+len(p.doubled) > maxParams {
		return p, refuse("invalid_request", "There are too many parameters").telling("pages.wrong.malformed")
	}
	slices.Sort(p.doubled)
	return p, nil
}

// once refuses what came twice (RFC 6749 §3.2). A page doesn't say its name, which could be any sentence of a stranger's.
func (p params) once() error {
	if len(p.doubled) > 0 {
		return refuse("invalid_request", "Parameter given more than once: "+p.doubled[0]).telling("pages.wrong.repeats")
	}
	return nil
}

// readQueryAndForm reads the parameters of a page's address and, after a POST, of its form: the same name in both is doubled.
func readQueryAndForm(r *http.Request) (params, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return params{}, refuse("invalid_request", "The address is not well-formed").telling("pages.wrong.malformed").because("%v", err)
	}
	form := url.Values{}
	if r.Method == http.MethodPost {
		if form, err = readForm(r); err != nil {
			return params{}, err
		}
	}
	return newParams(query, form)
}

// readBody reads the parameters of a request to an endpoint that applications call: from the body alone, as form or as
// JSON (which the SDKs of phones send), never from the address (RFC 6749 §2.3.1).
func readBody(r *http.Request) (params, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var form url.Values
	var err error
	switch kind {
	case "application/x-www-form-urlencoded":
		form, err = readForm(r)
	case "application/json":
		form, err = readJSON(r)
	default:
		err = refuse("invalid_request", "Content-Type must be application/x-www-form-urlencoded or application/json")
	}
	if err != nil {
		return params{}, err
	}
	return newParams(form)
}

func readForm(r *http.Request) (url.Values, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" {
		return nil, refuse("invalid_request", "Content-Type must be application/x-www-form-urlencoded").telling("pages.wrong.malformed")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, refuse("invalid_request", "The form is not well-formed").telling("pages.wrong.malformed").because("%v", err)
	}
	return form, nil
}

// readJSON reads one flat object. Members that are no strings are passed over, as unknown parameters are; a member that
// comes twice counts as doubled.
func readJSON(r *http.Request) (url.Values, error) {
	form := url.Values{}
	d := json.NewDecoder(r.Body)
	malformed := func(err error) error {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return err
		}
		return refuse("invalid_request", "The JSON is not well-formed: it must be one object of strings").because("%v", err)
	}
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, malformed(err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, malformed(err)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, malformed(err)
		}
		var value string
		if json.Unmarshal(raw, &value) == nil && strings.HasPrefix(string(raw), `"`) {
			form.Add(name.(string), value)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, malformed(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, malformed(err)
	}
	return form, nil
}
