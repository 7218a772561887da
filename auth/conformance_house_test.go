package auth_test

import (
	"log/slog"
	"net/http"
	"time"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/timesheets"
	"punchcard/web"
)

// Some statements are about the whole house: the guard of the API, CORS, methods that a path doesn't take. Only this file
// knows what stands above package auth; newHouse gives it to the tests.
func init() {
	auth.House = func(s *auth.Server, db *store.DB, issuer string, log *slog.Logger, now func() time.Time) (http.Handler, error) {
		assets, err := web.LoadAssets()
		return web.New(web.Settings{
			Issuer: issuer, Log: log, DB: db, Auth: s, Assets: assets, Version: "test",
			Timesheets: timesheets.New(db, timesheets.Settings{Secret: make([]byte, 32), Now: now}),
		}), err
	}
}
