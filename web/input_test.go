package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"punchcard/auth/lang"
	"punchcard/timesheets"
)

// order is an input with a field of every sort that can be read.
type order struct {
	ID       string                     `path:"id" json:"-"`
	Revision *int64                     `match:"optional" json:"-"`
	From     string                     `query:"from" json:"-"`
	Limit    int                        `query:"limit" json:"-"`
	Open     *bool                      `query:"open" json:"-"`
	All      bool                       `query:"all" json:"-"`
	Tags     []string                   `query:"tag" json:"-"`
	Name     string                     `json:"name"`
	Count    int                        `json:"count"`
	Price    *float64                   `json:"price"`
	Words    []string                   `json:"words"`
	Note     timesheets.Patch[string]   `json:"note"`
	Labels   timesheets.Patch[[]string] `json:"labels"`
	Lines    []line                     `json:"lines"`
}

type line struct {
	Item string `json:"item"`
}

func (o order) Validate() error {
	if o.Count > 100 {
		return &timesheets.Fault{Kind: invalid, Fields: []timesheets.FieldFault{{Pointer: "/count", Detail: lang.Say("must be at most 100")}}}
	}
	return nil
}

// read sends a request through a reader of orders, and gives what was read or the refusal.
func read(t testing.TB, method, target, body string, header ...string) (order, *timesheets.Fault) {
	t.Helper()
	var got order
	var refused *timesheets.Fault
	reader := readerOf(reflect.TypeFor[order]())
	engine := gin.New()
	engine.Handle(method, "/orders/:id", func(c *gin.Context) {
		if err := reader.into(c, &got); err != nil {
			refused, _ = errors.AsType[*timesheets.Fault](err)
			if refused == nil {
				t.Errorf("not a fault: %v", err)
			}
		}
	})
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	engine.ServeHTTP(httptest.NewRecorder(), r)
	return got, refused
}

func TestInputIsReadFromPathQueryHeaderAndBody(t *testing.T) {
	got, refused := read(t, "PATCH", "/orders/7?from=a%20b&limit=5&open=false&all=true&tag=x&tag=y",
		`{"name":"n","count":3,"price":2.5,"words":["a","b"],"note":null,"labels":["l"],"lines":[{"item":"i"}]}`, "If-Match", `"12"`)
	if refused != nil {
		t.Fatal(refused)
	}
	want := order{
		ID: "7", Revision: new(int64(12)), From: "a b", Limit: 5, Open: new(false), All: true, Tags: []string{"x", "y"},
		Name: "n", Count: 3, Price: new(2.5), Words: []string{"a", "b"}, Note: timesheets.Patch[string]{Set: true},
		Labels: timesheets.Patch[[]string]{Set: true, Value: &[]string{"l"}}, Lines: []line{{"i"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNoBodyIsAnEmptyObject(t *testing.T) {
	for _, method := range []string{"PUT", "POST", "PATCH"} {
		got, refused := read(t, method, "/orders/7", "")
		if diff := cmp.Diff(order{ID: "7"}, got); refused != nil || diff != "" {
			t.Error(method, refused, diff)
		}
	}
}

// sameWords compares sentences by what they say.
var sameWords = cmp.Comparer(func(a, b lang.Sentence) bool { return a.String() == b.String() })

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	_, refused := read(t, "PUT", "/orders/7?limit=x&open=1&from=a&from=b&colour=red",
		`{"name":5,"name":"twice","count":101,"price":"2","words":["a",null,3],"note":7,"labels":[1],"lines":[{"item":1,"qty":2},[]],`+
			`"a/b~c":1,"Count":2}`)
	want := []timesheets.FieldFault{
		{Pointer: "colour", Detail: lang.Say("is not a parameter of this path")},
		{Pointer: "from", Detail: lang.Say("must not be given twice")},
		{Pointer: "limit", Detail: lang.Say("must be an integer")},
		{Pointer: "open", Detail: lang.Say("must be true or false")},
		{Pointer: "/name", Detail: lang.Say("must be a string")},
		{Pointer: "/name", Detail: lang.Say("must not be given twice")},
		{Pointer: "/price", Detail: lang.Say("must be a number")},
		{Pointer: "/words/1", Detail: lang.Say("must be a string")},
		{Pointer: "/words/2", Detail: lang.Say("must be a string")},
		{Pointer: "/note", Detail: lang.Say("must be a string or null")},
		{Pointer: "/labels", Detail: lang.Say("must be an array of strings or null")},
		{Pointer: "/lines/0/item", Detail: lang.Say("must be a string")},
		{Pointer: "/lines/0/qty", Detail: lang.Say("is not a member of this")},
		{Pointer: "/lines/1", Detail: lang.Say("must be an object")},
		{Pointer: "/a~1b~0c", Detail: lang.Say("is not a member of this")},
		{Pointer: "/Count", Detail: lang.Say("is not a member of this")},
		{Pointer: "/count", Detail: lang.Say("must be at most 100")},
	}
	if refused == nil || refused.Kind != invalid {
		t.Fatalf("got %v", refused)
	}
	if diff := cmp.Diff(want, refused.Fields, sameWords); diff != "" {
		t.Error(diff)
	}
}

func TestBodyIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, body string
		header     []string
		kind       timesheets.Kind
		detail     string
	}{
		{name: "broken off", body: `{"name":`, kind: malformed, detail: "the body is not JSON: line 1, column 8: unexpected end of JSON input"},
		{name: "broken in line 3", body: "{\n \"name\": \"n\",\n x}", kind: malformed,
			detail: "the body is not JSON: line 3, column 2: invalid character 'x' looking for beginning of object key string"},
		{name: "something after it", body: `{} {}`, kind: malformed,
			detail: "the body is not JSON: line 1, column 4: invalid character '{' after top-level value"},
		{name: "only space", body: " \n", kind: malformed, detail: "the body is not JSON: line 2, column 0: unexpected end of JSON input"},
		{name: "an array", body: `[]`, kind: malformed, detail: "the body must be a JSON object"},
		{name: "null", body: `null`, kind: malformed, detail: "the body must be a JSON object"},
		{name: "not UTF-8", body: "{\"name\":\"\xff\"}", kind: malformed, detail: "the body is not UTF-8"},
		{name: "too deep", body: strings.Repeat("[", 20_000), kind: malformed,
			detail: "the body is not JSON: line 1, column 10001: invalid character '[' exceeded max depth"},
		{name: "a form", body: `name=n`, header: []string{"Content-Type", "application/x-www-form-urlencoded"}, kind: unsupported},
		{name: "text", body: `{}`, header: []string{"Content-Type", "text/plain"}, kind: unsupported},
		{name: "no type", body: `{}`, header: []string{"Content-Type", ""}, kind: unsupported},
		{name: "another charset", body: `{}`, header: []string{"Content-Type", "application/json; charset=latin1"}, kind: unsupported},
		{name: "a patch where none is due", body: `{}`, header: []string{"Content-Type", "application/merge-patch+json"}, kind: unsupported},
		{name: "compressed", body: `{}`, header: []string{"Content-Encoding", "gzip"}, kind: unsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, refused := read(t, "POST", "/orders/7", c.body, c.header...)
			if refused == nil || refused.Kind != c.kind || c.detail != "" && refused.Detail.String() != c.detail {
				t.Errorf("got %v, want %s %q", refused, c.kind, c.detail)
			}
		})
	}
}

func TestPatchesComeAsMergePatchToo(t *testing.T) {
	for _, contentType := range []string{"application/json", "application/merge-patch+json", `Application/JSON; charset="UTF-8"`} {
		got, refused := read(t, "PATCH", "/orders/7", `{"note":"n"}`, "Content-Type", contentType)
		if refused != nil || got.Note.Value == nil || *got.Note.Value != "n" {
			t.Error(contentType, refused, got)
		}
	}
}

func TestTextThatNoDatabaseStoresIsRefused(t *testing.T) {
	for name, refuse := range map[string]func() *timesheets.Fault{
		"NUL in the path":      func() *timesheets.Fault { _, f := read(t, "GET", "/orders/a%00b", ""); return f },
		"no UTF-8 in the path": func() *timesheets.Fault { _, f := read(t, "GET", "/orders/%ff", ""); return f },
		"NUL in the query":     func() *timesheets.Fault { _, f := read(t, "GET", "/orders/7?from=%00", ""); return f },
		"no UTF-8 in it":       func() *timesheets.Fault { _, f := read(t, "GET", "/orders/7?tag=a&tag=%ff", ""); return f },
		"NUL in the body":      func() *timesheets.Fault { _, f := read(t, "PUT", "/orders/7", `{"name":"a\\\u0000"}`); return f },
		"NUL in a patch":       func() *timesheets.Fault { _, f := read(t, "PUT", "/orders/7", `{"note":"\u0000"}`); return f },
	} {
		if refuse() == nil {
			t.Error(name, "was taken")
		}
	}
	got, refused := read(t, "PUT", "/orders/7", `{"name":"say \\u0000"}`)
	if refused != nil || got.Name != `say \u0000` {
		t.Error("a backslash before u0000 is no NUL:", refused, got.Name)
	}
}

func TestIfMatch(t *testing.T) {
	for _, c := range []struct {
		header   string
		required bool
		want     *int64
		kind     timesheets.Kind
	}{
		{header: "", want: nil},
		{header: "", required: true, kind: preconditionRequired},
		{header: "*", required: true, want: nil},
		{header: `"7"`, required: true, want: new(int64(7))},
		{header: ` "7" `, want: new(int64(7))},
		{header: `"-1"`, want: new(int64(-1))},
		{header: `W/"7"`, kind: stale},
		{header: `"abc"`, kind: stale},
		{header: `"99999999999999999999"`, kind: stale},
		{header: `"07"`, kind: stale},
		{header: `7`, kind: malformed},
		{header: `"`, kind: malformed},
		{header: `"7", "8"`, kind: malformed},
		{header: `*, "7"`, kind: malformed},
	} {
		ctx, _ := gin.CreateTestContext(httptest.NewRecorder())
		ctx.Request = httptest.NewRequest("PUT", "/", nil)
		ctx.Request.Header.Set("If-Match", c.header)
		got, err := ifMatch(ctx, c.required)
		f, _ := errors.AsType[*timesheets.Fault](err)
		if f == nil {
			f = &timesheets.Fault{}
		}
		if diff := cmp.Diff(c.want, got); diff != "" || f.Kind != c.kind {
			t.Errorf("If-Match: %s gives %v %q, want %v %q", c.header, got, f.Kind, c.want, c.kind)
		}
	}
}

// What the reader takes, a strict decoder of the standard library takes too, and reads the same.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"name":"n","count":3,"price":2.5,"words":["a"],"note":null,"labels":["l"],"lines":[{"item":"i"}]}`,
		`{"name":"a","name":"b"}`, `{"lines":[{"item":"\ud800"}]} `, `{"price":1e400}`, "{\"\u0000\":1}", `[`, `{"note":{"a":[]}}`,
	} {
		f.Add([]byte(seed))
	}
	shape := shapeOf(reflect.TypeFor[order]())
	f.Fuzz(func(t *testing.T, body []byte) {
		var got, want order
		var wrong faults
		if err := shape.parse(body, reflect.ValueOf(&got).Elem(), &wrong); err != nil || len(wrong) > 0 {
			return
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q was taken, and should not be: %v", body, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", body, diff)
		}
	})
}
