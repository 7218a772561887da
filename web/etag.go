package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// tagged sets the entity tag, and reports whether it answered 304 since the caller has what it stands for.
func tagged(c *gin.Context, tag string) bool {
	c.Header("ETag", tag)
	if !matches(c, tag) {
		return false
	}
	c.Status(http.StatusNotModified)
	return true
}

// matches reports whether a reading request has the tagged representation already (If-None-Match, RFC 9110 §13.1.2).
func matches(c *gin.Context, tag string) bool {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		return false
	}
	for _, list := range c.Request.Header["If-None-Match"] {
		for had := range strings.SplitSeq(list, ",") {
			if had = strings.TrimSpace(had); had == "*" || strings.TrimPrefix(had, "W/") == tag {
				return true
			}
		}
	}
	return false
}

// revisionTag is the entity tag of what counts its revisions, etagOf that of anything else.
func revisionTag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }

// wholeTag stands for more than a revision: "7_5400". To change what counts revisions, only that part of it matters.
func wholeTag(revision int64, more string) string {
	if more == "" {
		return revisionTag(revision)
	}
	return `"` + strconv.FormatInt(revision, 10) + "_" + more + `"`
}

func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// ifMatch is the revision that the caller saw; nil if any will do. Only one entity tag is taken, since there is one
// revision at a time, and by RFC 9110 §13.1.1 a weak one never matches.
func ifMatch(c *gin.Context, required bool) (*int64, error) {
	return revisionOf(strings.Join(c.Request.Header["If-Match"], ","), required)
}

// ifNoneMatch reports whether a write wants that nothing is there yet, which * says and nothing else (RFC 9110 §13.1.2).
func ifNoneMatch(c *gin.Context) (bool, error) {
	tag := strings.TrimSpace(strings.Join(c.Request.Header["If-None-Match"], ","))
	switch {
	case tag != "" && c.GetHeader("If-Match") != "":
		return false, fault(malformed, "send If-None-Match: * to make it or If-Match to replace it, but not both")
	case tag != "" && tag != "*":
		return false, fault(malformed, "If-None-Match takes * here, for what isn't there yet")
	case tag == "" && c.GetHeader("If-Match") == "":
		return false, fault(preconditionRequired,
			"send If-None-Match: * to make it, or If-Match with the ETag of what you read to replace it")
	}
	return tag == "*", nil
}

// revisionOf is the revision that an If-Match names; nil if any will do.
func revisionOf(tag string, required bool) (*int64, error) {
	tag = strings.TrimSpace(tag)
	switch {
	case tag == "" && required:
		return nil, fault(preconditionRequired, "send If-Match with the ETag of what you read, or with * for whatever is there")
	case tag == "" || tag == "*":
		return nil, nil
	case strings.HasPrefix(tag, `W/"`):
		return nil, fault(stale, "a weak entity tag matches nothing; send the ETag as it was answered")
	case len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.Contains(tag[1:len(tag)-1], `"`):
		return nil, fault(malformed, `If-Match takes one entity tag in quotation marks, as in "7", or *`)
	}
	counted, _, _ := strings.Cut(tag[1:len(tag)-1], "_") // see wholeTag
	revision, err := strconv.ParseInt(counted, 10, 64)
	if err != nil || counted != strconv.FormatInt(revision, 10) {
		return nil, fault(stale, "this entity tag was never answered here")
	}
	return &revision, nil
}
