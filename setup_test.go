package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"punchcard/auth"
)

// Fifty people have the link, open its page and send the form at once. One becomes the administrator.
func TestTheSetupLinkMakesOneAdministrator(t *testing.T) {
	h, issuer := serveHouse(t, &provisioning{})
	link, err := h.auth.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, page := get(t, link+"x")
	if hiddenToken.MatchString(page) {
		t.Fatal("a wrong link shows the form")
	}
	var racers sync.WaitGroup
	var made atomic.Int32
	for range 50 {
		racers.Go(func() {
			if sendSetup(t, link) == http.StatusOK {
				made.Add(1)
			}
		})
	}
	racers.Wait()
	if made.Load() != 1 {
		t.Errorf("%d of them were told that they are the administrator", made.Load())
	}
	var people []auth.Person
	if err := auth.People(t.Context(), h.db.Read(t.Context())).Find(&people).Error; err != nil || len(people) != 1 {
		t.Errorf("there are %d people: %v", len(people), err)
	}
	if again, err := h.auth.SetupLink(t.Context()); again != "" || err != nil {
		t.Errorf("there is another link, %q, %v, though there is an administrator at %s", again, err, issuer)
	}
	if _, page := get(t, link); hiddenToken.MatchString(page) {
		t.Error("the used link shows the form")
	}
}

// sendSetup opens the page in a browser of its own and sends the form.
func sendSetup(t *testing.T, link string) (status int) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	browser := &http.Client{Jar: jar}
	res, err := browser.Get(link)
	if err != nil {
		t.Error(err)
		return 0
	}
	csrf := hiddenToken.FindStringSubmatch(body(t, res))
	if csrf == nil {
		return res.StatusCode // somebody was so quick that the page shows no form any more
	}
	res, err = browser.PostForm(link, url.Values{
		"csrf": {csrf[1]}, "name": {"Rosa"}, "email": {"rosa@example.com"}, "password": {examplePassword},
	})
	if err != nil {
		t.Error(err)
		return 0
	}
	body(t, res)
	return res.StatusCode
}
