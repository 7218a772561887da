package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

//go:embed static
var static embed.FS

// Assets are the files that pages are made with: style sheets, font, icon, the app's modules, the languages. They are served below a prefix that is the hash
// of them all, so that each can be kept by browsers for ever, and a new build brings a new prefix.
type Assets struct {
	Base  string // "/a/0123456789ab"
	files map[string]asset
}

type asset struct {
	body, packed []byte // packed is gzip; nil where that gains nothing
	kind         string
}

// Their media types, by the file's ending. Those of the operating system differ from machine to machine.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".json": "application/json", ".png": "image/png", ".md": "text/markdown; charset=utf-8",
}

// LoadAssets reads and compresses the embedded files.
func LoadAssets() (*Assets, error) {
	a, sum := &Assets{files: map[string]asset{}}, sha256.New()
	for _, tree := range []struct {
		files embed.FS
		from  string // what of its names is left out
		to    string
	}{{static, "static", ""}, {appFiles, "", "/"}, {auth.Conformance, "", "/"}} {
		if err := a.load(tree.files, tree.from, tree.to, sum); err != nil {
			return nil, fmt.Errorf("read embedded files: %w", err)
		}
	}
	if err := a.loadWords(sum); err != nil {
		return nil, fmt.Errorf("read the words: %w", err)
	}
	a.Base = "/a/" + hex.EncodeToString(sum.Sum(nil))[:12]
	return a, nil
}

func (a *Assets) load(files embed.FS, from, to string, sum io.Writer) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		kind, known := mediaTypes[path.Ext(name)]
		if !known {
			return fmt.Errorf("%s has no media type", name)
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		a.add(to+strings.TrimPrefix(name, from), kind, body, sum)
		return nil
	})
}

func (a *Assets) add(name, kind string, body []byte, sum io.Writer) {
	fmt.Fprintf(sum, "%s %d\n", name, len(body))
	sum.Write(body)
	a.files[name] = asset{body, pack(name, body), kind}
}

func pack(name string, body []byte) []byte {
	if ext := path.Ext(name); ext == ".woff2" || ext == ".png" { // compressed by themselves
		return nil
	}
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // fails for unknown levels only
	w.Write(body)
	w.Close()
	return packed.Bytes()
}

// Serve answers GET /a/*path.
func (a *Assets) Serve() gin.HandlerFunc {
	return func(c *gin.Context) {
		name, ok := strings.CutPrefix(c.Request.URL.Path, a.Base)
		f, known := a.files[name]
		if !ok || !known {
			fail(c, fault(notFound, "there is no such file in this version"))
			return
		}
		h := c.Writer.Header()
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Add("Vary", "Accept-Encoding")
		body := f.body
		if f.packed != nil && acceptsGzip(c.Request.Header.Values("Accept-Encoding")) {
			body = f.packed
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		c.Data(http.StatusOK, f.kind, body)
	}
}

// acceptsGzip reports whether the Accept-Encoding headers take gzip, and no less gladly than a file as it is (RFC 9110
// §12.5.3).
func acceptsGzip(headers []string) bool {
	weights := map[string]float64{}
	for one := range strings.SplitSeq(strings.ToLower(strings.Join(headers, ",")), ",") {
		coding, parameter, weighted := strings.Cut(one, ";")
		weight := 1.0
		if weighted {
			weight = quality(parameter)
		}
		weights[strings.TrimSpace(coding)] = weight
	}
	gzip, named := weights["gzip"]
	if !named {
		gzip = weights["*"]
	}
	return gzip > 0 && gzip >= weights["identity"]
}

// quality is a weight, such as q=0.5. One that can't be read weighs nothing.
func quality(parameter string) float64 {
	value, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
	weight, err := strconv.ParseFloat(value, 64)
	if !ok || err != nil {
		return 0
	}
	return weight
}
