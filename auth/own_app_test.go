package auth

import (
	"net/http"
	"testing"
)

// The app that the server brings is let do much without consent, so nobody may bend it to another's address.
func TestNobodyBendsTheServersOwnApp(t *testing.T) {
	w := newWorld(t)
	ask := []string{"client_id", OwnApp, "redirect_uri", "https://evil.example/app/callback"}
	if a := w.browser().authorize(ask...); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
		t.Errorf("a strange redirect_uri got %d to %q", a.status, a.header.Get("Location"))
	}
	mistakes := Directory{Clients: []NewClient{{ID: OwnApp, Name: "Mine", Type: "spa", RedirectURIs: []string{"https://evil.example/"}}}}.Check(nil)
	if len(mistakes) != 1 || mistakes[0].Pointer != "/clients/0/client_id" {
		t.Errorf("a provisioning file may name it: %v", mistakes)
	}
	root := Caller{User: w.idOf("root@example.com"), Scopes: ManagementScopes(), Admin: true}
	for _, err := range []error{
		func() error {
			_, err := w.server.UpdateApplication(t.Context(), root, ApplicationChange{ApplicationRef: ApplicationRef{OwnApp}})
			return err
		}(),
		w.server.DeleteApplication(t.Context(), root, ApplicationRef{OwnApp}),
		func() error {
			_, err := w.server.UpdateClientGrant(t.Context(), root, ClientGrantChange{ClientGrantRef: ClientGrantRef{"cgr_" + OwnApp}})
			return err
		}(),
		w.server.DeleteClientGrant(t.Context(), root, ClientGrantRef{"cgr_" + OwnApp}),
	} {
		if err != errOwnApp {
			t.Errorf("it was changed or deleted: %v", err)
		}
	}
}
