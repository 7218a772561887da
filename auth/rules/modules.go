package rules

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"

	"github.com/dop251/goja"
)

// The modules that rules can require. They run when they are asked for, in the rule's own machine.
var (
	//go:embed lodash.js
	lodashSource string
	//go:embed modules.js
	modulesSource string

	lodash  = goja.MustCompile("lodash.js", lodashSource, false)
	modules = goja.MustCompile("modules.js", modulesSource, false)
)

// load gives a module, or undefined.
func (m *machine) load(name string) (goja.Value, error) {
	switch name {
	case "lodash", "underscore":
		return m.made(lodash)
	case "buffer", "crypto", "url", "querystring":
		if m.modules == nil {
			made, err := m.made(modules, m.ToValue(m.decode), m.ToValue(m.encode), m.ToValue(m.digest))
			if err != nil {
				return nil, err
			}
			m.modules = made.ToObject(m.Runtime)
		}
		return m.modules.Get(name), nil
	}
	return goja.Undefined(), nil
}

// made is what the function of a program makes.
func (m *machine) made(program *goja.Program, args ...goja.Value) (goja.Value, error) {
	value, err := m.RunProgram(program)
	if err != nil {
		return nil, err
	}
	makes, _ := goja.AssertFunction(value)
	return makes(goja.Undefined(), args...)
}

// decode gives the bytes of a text, as lenient as Node: what is no base64 or hex is passed over.
func (m *machine) decode(c goja.FunctionCall) goja.Value {
	text, b := c.Argument(0).String(), []byte(nil)
	switch encoding := c.Argument(1).String(); strings.ToLower(encoding) {
	case "utf8", "utf-8":
		b = []byte(text)
	case "hex":
		b, _ = hex.DecodeString(text)
	case "base64", "base64url":
		b, _ = base64.RawURLEncoding.DecodeString(strings.Map(base64URL, text))
	case "latin1", "binary", "ascii":
		for _, r := range text {
			b = append(b, byte(r))
		}
	default:
		panic(m.NewTypeError("Unknown encoding: " + encoding))
	}
	return m.ToValue(m.NewArrayBuffer(b))
}

// base64URL takes what stands in base64 for what stands in base64url, without padding and line breaks.
func base64URL(r rune) rune {
	switch {
	case r == '+':
		return '-'
	case r == '/':
		return '_'
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		return r
	}
	return -1
}

// encode gives the text of bytes.
func (m *machine) encode(c goja.FunctionCall) goja.Value {
	b := m.bytes(c.Argument(0))
	switch encoding := c.Argument(1).String(); strings.ToLower(encoding) {
	case "utf8", "utf-8":
		return m.ToValue(strings.ToValidUTF8(string(b), "\ufffd"))
	case "hex":
		return m.ToValue(hex.EncodeToString(b))
	case "base64":
		return m.ToValue(base64.StdEncoding.EncodeToString(b))
	case "base64url":
		return m.ToValue(base64.RawURLEncoding.EncodeToString(b))
	case "latin1", "binary", "ascii":
		text := make([]rune, len(b))
		for i := range b {
			text[i] = rune(b[i])
		}
		return m.ToValue(string(text))
	default:
		panic(m.NewTypeError("Unknown encoding: " + encoding))
	}
}

var digests = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
}

// digest hashes bytes, with a key (RFC 2104) if there is one.
func (m *machine) digest(c goja.FunctionCall) goja.Value {
	name := c.Argument(0).String()
	of := digests[strings.ToLower(name)]
	if of == nil {
		panic(m.NewTypeError("crypto has no digest " + name + " in rules"))
	}
	h := of()
	if key := c.Argument(2); !goja.IsUndefined(key) {
		h = hmac.New(of, m.bytes(key))
	}
	h.Write(m.bytes(c.Argument(1)))
	return m.ToValue(m.NewArrayBuffer(h.Sum(nil)))
}

func (m *machine) bytes(v goja.Value) []byte {
	b, ok := v.Export().(goja.ArrayBuffer)
	if !ok {
		panic(m.NewTypeError("these are no bytes"))
	}
	return b.Bytes()
}
