package auth

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
)

// admitClient authenticates the application, unless too many wrong secrets for it came from the same address (RFC 6749
// §2.3.1). Elsewhere its right secret still works, so nobody can lock an application out by guessing.
//
// Secrets alone are counted: what is no guess, such as an assertion of a clock that is wrong, needs no brake.
func (s *Server) admitClient(c *gin.Context, p params) (*Client, error) {
	id, secret := givenSecret(c.Request, p)
	if secret == "" {
		return s.authenticateClient(c.Request, p)
	}
	about, ip := hashed(id), networkOf(c.ClientIP()) // any text comes as client_id: the hash is short
	if wait := s.attempts.wait(about, ip, s.now()); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		e := refuse("slow_down", fmt.Sprintf("Too many failed attempts. Try again in %d minutes.", int(wait.Minutes())+1))
		e.Status = http.StatusTooManyRequests
		return nil, e.because("secrets for client %q from %s are throttled", id, ip)
	}
	client, err := s.authenticateClient(c.Request, p)
	if e, refused := errors.AsType[*Error](err); refused && e.Code == "invalid_client" {
		s.attempts.failed(about, ip, s.now())
	} else if err == nil {
		s.attempts.forget(about, ip)
	}
	return client, err
}

// givenSecret is what a request offers to be guessed right, whether or not it may.
func givenSecret(r *http.Request, p params) (id, secret string) {
	if header := r.Header.Get("Authorization"); header != "" {
		id, secret, _ = basic(header, r)
		return id, secret
	}
	return p.get("client_id"), p.get("client_secret")
}
