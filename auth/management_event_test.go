package auth

import (
	"encoding/json"
	"testing"
)

func TestChangesOfPeopleStandInTheLogWithoutTheirSecrets(t *testing.T) {
	w := newWorld(t)
	by := Caller{User: w.idOf("root@example.com"), Client: "operator"}
	ada := UserRef{w.idOf("ada@example.com")}
	secret, name := "a password that nobody may read", "Ada King"
	w.log.Reset()
	now, err := w.server.UpdateUser(t.Context(), by, UserChange{UserRef: ada, UserFields: UserFields{Password: &secret, Name: &name}})
	if err != nil || now.Name != name {
		t.Fatal(now, err)
	}
	ticket := w.ticketFor(TicketRequest{UserID: ada.ID})
	if err := w.server.DeleteUser(t.Context(), by, UserRef{by.User}); err == nil {
		t.Fatal("an administrator deleted themselves")
	}
	of := map[string]event{}
	for _, e := range w.events("", "sapi", "fapi") {
		of[e.Description] = e
	}
	e := of["Update a user"]
	before, _ := e.Details["before"].(map[string]any)
	after, _ := e.Details["after"].(map[string]any)
	if e.UserID != by.User || e.ClientID != "operator" || e.Details["of"] != ada.ID || before["name"] != "Ada Lovelace" || after["name"] != name {
		t.Errorf("the change is %+v", e)
	}
	if _, told := of["Create a password change ticket"]; !told {
		t.Errorf("the ticket isn't told: %v", of)
	}
	if _, told := of["Delete a user: You can't block or delete yourself: another administrator can."]; !told {
		t.Errorf("what was denied isn't told: %v", of)
	}
	if log := w.log.String(); contains(log, "@example.com") || !contains(log, "Update a user") {
		t.Errorf("the server's own log tells e-mail addresses, or not of the change: %s", log)
	}
	text, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	for what, hidden := range map[string]string{
		"the password": secret, "a hash": "argon2id", "the ticket": ticket[len("/reset-password?ticket="):],
		"the ticket's hash": hashed(ticket[len("/reset-password?ticket="):]),
	} {
		if contains(string(text), hidden) || contains(w.log.String(), hidden) {
			t.Errorf("the log holds %s", what)
		}
	}
}
