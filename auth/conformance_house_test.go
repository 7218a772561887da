package auth_test

import (
	"log/slog"
	"time"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/timesheets"
	"punchcard/web"
)

// Some statements are about the whole house: the guard of the API, CORS, methods that a path doesn't take. Only this file
// knows what stands above package auth; newHouse gives it to the tests.
func init() {
	auth.House = func(s *auth.Server, db *store.DB, issuer string, log *slog.Logger, now func() time.Time) (auth.Above, error) {
		assets, err := web.LoadAssets()
		if err != nil {
			return auth.Above{}, err
		}
		t := timesheets.New(db, timesheets.Settings{
			Secret: make([]byte, 32), Now: now, Issuer: issuer, Log: log,
			Post: s.Post, AddressMistake: s.AddressMistake, Retell: s.Forget, SetManager: s.SetManager,
		})
		return auth.Above{
			Handler: web.New(web.Settings{Issuer: issuer, Log: log, DB: db, Auth: s, Assets: assets, Version: "test", Timesheets: t}),
			Decides: timesheets.ApprovesProjects,
			Notice:  t.Notice,
		}, nil
	}
}
