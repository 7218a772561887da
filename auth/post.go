package auth

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"punchcard/auth/lang"
)

// Post sends JSON to an address that an administrator named, and gives the status of the answer with how it begins. It
// reaches what a fetcher does: https on the internet, the company's network if that is allowed, and this same machine while
// Punchcard is being developed against. It must not be called while writing.
func (s *Server) Post(ctx context.Context, address string, header map[string]string, body []byte) (status int, begin []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("post: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	for _, name := range slices.Sorted(maps.Keys(header)) {
		r.Header.Set(name, header[name])
	}
	return s.fetcherOf(address).do(r, maxBegin)
}

// AddressMistake says why Post wouldn't try an address, as far as its text tells; empty if it would.
func (s *Server) AddressMistake(address string) *lang.Sentence {
	if s.near == nil && strings.HasPrefix(address, "http://") {
		return wrongly("must begin with https://")
	}
	return backchannelMistake(address)
}
