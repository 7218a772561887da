package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/timesheets"
	"punchcard/web"
)

// house is all the rooms, put together and ready to answer.
type house struct {
	db          *store.DB
	auth        *auth.Server
	timesheets  *timesheets.Service
	handler     http.Handler
	secret      []byte
	freshSecret bool // its file was made just now
	leave       func()
}

// build opens what the settings name and makes hold what p says. Whoever builds a house closes it.
func build(ctx context.Context, s settings, issuer string, p *provisioning, log *slog.Logger) (_ *house, err error) {
	h := &house{leave: func() {}}
	mails, err := s.mailServer.open()
	if err != nil {
		return nil, err
	}
	assets, err := web.LoadAssets()
	if err != nil {
		return nil, err
	}
	if h.db, err = store.Open(ctx, s.DB); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	if h.secret, h.freshSecret, err = readSecret(s.SecretFile, log); err != nil {
		return nil, err
	}
	// Not to be broken off: keys that are kept under a fresh secret need its file.
	h.auth, err = auth.New(context.WithoutCancel(ctx), h.db, auth.Settings{
		Issuer: issuer, Secret: h.secret, Assets: assets.Base, Scopes: timesheets.Scopes, Log: log,
		Decides:        timesheets.ApprovesProjects,
		PrivateTargets: s.AllowPrivateTargets,
		LogRetention:   time.Duration(s.LogRetention),
		Notice:         func(tx *gorm.DB, user, kind string) error { return h.timesheets.Notice(tx, user, kind) },
	})
	if err != nil {
		if h.freshSecret && errors.Is(err, auth.ErrWrongSecret) { // it must not be taken for the one that is missing
			os.Remove(s.SecretFile)
		}
		return nil, err
	}
	h.timesheets = timesheets.New(h.db, timesheets.Settings{
		Secret: h.secret, Log: log, Issuer: issuer, Mail: mails, Post: h.auth.Post, AddressMistake: h.auth.AddressMistake,
		Retell:     h.auth.Forget,
		SetManager: h.auth.SetManager,
	})
	if err := p.apply(ctx, h.auth, h.timesheets); err != nil {
		return nil, err
	}
	h.handler = web.New(web.Settings{
		Issuer: issuer, Version: release(buildInfo()), Log: log, DB: h.db, Auth: h.auth, Timesheets: h.timesheets, Assets: assets,
		TrustedProxies: s.proxies(),
	})
	h.live()
	return h, nil
}

// live runs what is done without anybody's asking, until the house is closed.
func (h *house) live() {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { h.auth.Run(ctx) })
	running.Go(func() { h.timesheets.Run(ctx) })
	h.leave = func() { stop(); running.Wait(); h.auth.Close() }
}

// close ends what runs and closes the database, after the writes that have begun.
func (h *house) close() error {
	h.leave()
	if err := h.db.Close(); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}
