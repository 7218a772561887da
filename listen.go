package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Bounds of a connection, so that those who are slow or silent can't hold many.
const (
	headerPatience = 10 * time.Second
	bodyPatience   = time.Minute     // for header and body
	answerPatience = 2 * time.Minute // for those and what is answered
	idlePatience   = 2 * time.Minute
	maxHeader      = 32 << 10 // bytes
	goodbye        = 10 * time.Second
)

// listen takes the address that the settings name. From then on connections wait to be answered.
func (s settings) listen() (net.Listener, error) {
	if s.Listen == "" { // an empty variable; the system would take any port of every address
		return nil, errors.New("--listen is empty: give it as HOST:PORT, such as localhost:8080, or leave it out")
	}
	listener, err := net.Listen("tcp", s.Listen)
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken by another program: stop that one, or choose another address with --listen", s.Listen)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this account may not listen on %s: choose a port from 1024 up with --listen", s.Listen)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s is no address of this machine: choose another with --listen", s.Listen)
	}
	return nil, fmt.Errorf("can't listen on %q: %w; give --listen as HOST:PORT, such as localhost:8080", s.Listen, err)
}

// certificate is what HTTPS is served with; nil for HTTP.
func (s settings) certificate() (*tls.Config, error) {
	if s.TLSCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("the certificate can't be used: %w; check --tls-cert and --tls-key", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// answer serves until ctx ends. Then it takes no more connections, and gives the requests that are under way ten seconds.
func answer(ctx context.Context, listener net.Listener, encrypt *tls.Config, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, TLSConfig: encrypt, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelInfo),
		ReadHeaderTimeout: headerPatience, ReadTimeout: bodyPatience, WriteTimeout: answerPatience,
		IdleTimeout: idlePatience, MaxHeaderBytes: maxHeader,
	}
	ended := make(chan error, 1)
	go func() {
		if encrypt != nil {
			ended <- server.ServeTLS(listener, "", "")
			return
		}
		ended <- server.Serve(listener)
	}()
	select {
	case err := <-ended:
		return fmt.Errorf("stop listening: %w", err)
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		server.Close()
		return fmt.Errorf("requests that took longer than %s were cut off: %w", goodbye, err)
	}
	return nil
}
