package web

import (
	"bufio"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"

	"punchcard/timesheets"
)

// How long a client may take for a piece of a file, and for all of it. Other answers are shorter, and so is their time.
const (
	piecePatience = time.Minute
	filePatience  = time.Hour
	pieceBytes    = 64 << 10
)

// download makes a handler of an operation that answers with a file, which is sent while it is made. What goes wrong before
// its first piece is a problem like any other; after that, the client sees it broken off.
func download[In any](op operation[In, timesheets.Export]) gin.HandlerFunc {
	read := readerOf(reflect.TypeFor[In]())
	return func(c *gin.Context) {
		var in In
		if err := read.into(c, &in); err != nil {
			fail(c, err)
			return
		}
		file, err := op(c.Request.Context(), caller(c), in)
		if err != nil {
			fail(c, err)
			return
		}
		w := newPieces(c, file)
		if c.Request.Method == http.MethodHead {
			w.describe()
			c.Status(http.StatusOK)
			return
		}
		out := bufio.NewWriterSize(w, pieceBytes)
		if err = file.Write(out); err == nil {
			err = out.Flush()
		}
		if w.broken {
			panic(http.ErrAbortHandler) // nobody is there to be told
		}
		if err != nil {
			fail(c, err)
		}
	}
}

// pieces writes a file to a client, giving it time for each piece.
type pieces struct {
	c      *gin.Context
	file   timesheets.Export
	conn   *http.ResponseController
	until  time.Time
	broken bool // the client takes no more
}

func newPieces(c *gin.Context, file timesheets.Export) *pieces {
	return &pieces{c: c, file: file, conn: http.NewResponseController(c.Writer), until: time.Now().Add(filePatience)}
}

func (p *pieces) Write(piece []byte) (int, error) {
	if !p.c.Writer.Written() {
		p.describe()
	}
	by := time.Now().Add(piecePatience)
	if by.After(p.until) {
		by = p.until
	}
	// The server's own times are for shorter answers. When that for reading is up, it would take the client for gone.
	p.conn.SetReadDeadline(by.Add(piecePatience))
	p.conn.SetWriteDeadline(by)
	n, err := p.c.Writer.Write(piece)
	p.broken = err != nil
	return n, err
}

// describe says what the file is and what to call it (RFC 6266).
func (p *pieces) describe() {
	h := p.c.Writer.Header()
	h.Set("Content-Type", p.file.MediaType)
	h.Set("Content-Disposition", disposition(p.file.Name))
}

// disposition gives a name in ASCII, and in UTF-8 for those who know RFC 8187.
func disposition(name string) string {
	name = fileName(name)
	return `attachment; filename="` + ascii(name) + `"; filename*=UTF-8''` + url.PathEscape(name)
}

// fileName is the name without what a file system or a shell might take for something else.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r) {
			return r
		}
		return '-'
	}, name)
}

func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '_'
		}
		return r
	}, name)
}
