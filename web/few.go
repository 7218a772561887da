package web

import (
	"sync"

	"github.com/gin-gonic/gin"
)

// How many requests that cost much run at once: for one person or application, and for everybody.
const (
	fewEach = 2
	fewAll  = 16
)

// few counts the requests under way that read or write very much, so that they leave room for all others.
type few struct {
	mu  sync.Mutex
	all int
	of  map[string]int // by the caller's sub
}

// gate lets a handler run where there is room for it, and else says when to come again.
func (f *few) gate(handler gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		subject := caller(c).Subject()
		if !f.enter(subject) {
			fail(c, fault(rateLimited,
				"this takes long, so %d of it run at once for you, and %d for everybody; wait until one has ended", fewEach, fewAll))
			return
		}
		defer f.leave(subject)
		handler(c)
	}
}

func (f *few) enter(subject string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all >= fewAll || f.of[subject] >= fewEach {
		return false
	}
	f.all++
	f.of[subject]++
	return true
}

func (f *few) leave(subject string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all--
	if f.of[subject]--; f.of[subject] == 0 {
		delete(f.of, subject)
	}
}
