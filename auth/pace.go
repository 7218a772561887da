package auth

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

// Anybody may begin to sign in, push a request or start a device, and each leaves a row. A network may leave so many of
// each in a minute, which is a company's in which everybody signs in at the same time, and an application that proved who
// it is so many in all.
const (
	paceWindow     = time.Minute
	rowsPerNetwork = 300
	rowsPerClient  = 3000
)

// unhurried refuses what would leave a row too many. What names the kind of row, and from who leaves it.
func (s *Server) unhurried(c *gin.Context, what, from string, limit int) error {
	wait := s.pace.attempt(limit, s.now(), what+" "+from)
	if wait == 0 {
		return nil
	}
	seconds := int(math.Ceil(wait.Seconds()))
	c.Header("Retry-After", strconv.Itoa(seconds))
	e := refuse("temporarily_unavailable", fmt.Sprintf("Too many requests came from there. Try again in %d seconds.", seconds)).telling("pages.wrong.hurried", "n", seconds)
	e.Status = http.StatusTooManyRequests
	return e.because("more than %d of %s from %s within %s", limit, what, from, paceWindow)
}
