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
	name, ip := hashed(id), c.ClientIP() // any text comes as client_id: the hash is short
	if wait := s.attempts.wait(name, ip, s.now()); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		e := refuse("slow_down", fmt.Sprintf("Too many failed attempts. Try again in %d minutes.", int(wait.Minutes())+1))
		e.Status = http.StatusTooManyRequests
		_, first := s.attempts.brake(name, ip)
		e.quiet = !first
		return nil, e.because("secrets for client %q from %s are throttled", shortened(id), ip).as("client_throttled")
	}
	client, err := s.authenticateClient(c.Request, p)
	if e, refused := errors.AsType[*Error](err); refused && e.Code == "invalid_client" {
		s.attempts.failed(name, ip, s.now())
	} else if err == nil {
		s.attempts.forget(name, ip)
	}
	return client, err
}

// clientRefusal notes for the log which application was meant, if there is one of that name, and that it is no exchange of
// tokens where it isn't.
func (s *Server) clientRefusal(c *gin.Context, p params, err error) error {
	id, _ := givenSecret(c.Request, p)
	if client := s.policy.Load().client(id); client != nil {
		about(c).ClientID = client.ID
	}
	if e, refused := errors.AsType[*Error](err); refused && e.Code == "invalid_client" && exchanges[p.get("grant_type")].failed != about(c).Type {
		e.as("client_refused")
	}
	return err
}

// shortened is a client_id that nobody has, for the log: somebody may have sent a secret in its place.
func shortened(id string) string {
	if short := cut(id, 12); short != id {
		return short + "…"
	}
	return id
}

// givenSecret is what a request offers to be guessed right, whether or not it may.
func givenSecret(r *http.Request, p params) (id, secret string) {
	if header := r.Header.Get("Authorization"); header != "" {
		id, secret, _ = basic(header, r)
		return id, secret
	}
	return p.get("client_id"), p.get("client_secret")
}
