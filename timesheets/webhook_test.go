package timesheets

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// receiver is an address that webhooks tell. It answers with the statuses in turn, and then with 204.
type receiver struct {
	mu      sync.Mutex
	answers []int // 0: it can't be reached
	got     []parcel
}

type parcel struct {
	address string
	header  map[string]string
	body    string
}

func (r *receiver) post(_ context.Context, address string, header map[string]string, body []byte) (int, []byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, parcel{address, header, string(body)})
	status := 204
	if len(r.answers) > 0 {
		status, r.answers = r.answers[0], r.answers[1:]
	}
	if status == 0 {
		return 0, nil, errors.New("connection refused")
	}
	return status, []byte("so\x00it is"), nil
}

// listen adds a webhook and has r told.
func (h house) listen(r *receiver, n NewWebhook) Webhook {
	h.t.Helper()
	h.post = r.post
	n.URL = "https://hooks.example/punchcard"
	return must(ask(h.AddWebhook, root, n))
}

// tell makes one attempt for each thing that is due, and gives how many there were.
func (h house) tell() (n int) {
	h.t.Helper()
	for {
		d, err := h.claimDelivery(h.t.Context(), []string{""})
		if err != nil {
			h.t.Fatal(err)
		}
		if d == nil {
			return n
		}
		h.deliver(h.t.Context(), d)
		n++
	}
}

// later moves the clock.
func (h house) later(by time.Duration) {
	was := h.now()
	h.Service.now = func() time.Time { return was.Add(by) }
}

// happen notes a deed of Ada's.
func (h house) happen(d deed) {
	h.t.Helper()
	h.write(func(tx *gorm.DB) error { return h.note(tx, ada, d) })
}

func TestWebhooksAreToldWhatTheyAskedFor(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	w := h.listen(r, NewWebhook{Events: []string{"timesheet.*"}, Description: " Payroll "})
	if w.Description != "Payroll" || !w.Enabled || !strings.HasPrefix(w.Secret, "whsec_") || w.Revision != 1 {
		t.Errorf("it is %+v", w)
	}
	h.happen(deed{Action: "timesheet.created", Owner: ada.User, Object: "e1", After: map[string]int{"minutes": 60}})
	h.happen(deed{Action: "webhook.updated", Object: "w1"})
	if n := h.tell(); n != 1 || len(r.got) != 1 {
		t.Fatalf("%d attempts, %d received", n, len(r.got))
	}
	want := `{"type":"timesheet.created","timestamp":"2026-11-19T23:00:00.123Z","data":{"object":"e1","user_id":"usr_ada",` +
		`"by":"usr_ada","client_id":"phone","before":null,"after":{"minutes":60}}}`
	if got := r.got[0]; got.body != want || got.address != w.URL {
		t.Errorf("%s got %s", got.address, got.body)
	}
	wantsSignature(t, h, r.got[0], w.Secret)
	done := must(ask(h.Deliveries, root, DeliveryQuery{ID: w.ID, State: delivered})).Items
	if len(done) != 1 || done[0].Attempts != 1 || *done[0].LastStatus != 204 || done[0].LastError != "" {
		t.Errorf("it is told of as %+v", done)
	}
}

// wantsSignature checks a parcel as a receiver does that has the secret.
func wantsSignature(t *testing.T, h house, p parcel, secrets ...string) {
	t.Helper()
	var want []string
	for _, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(key) != 32 {
			t.Fatalf("the secret %q: %v", secret, err)
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprint(mac, p.header["Webhook-Id"]+"."+p.header["Webhook-Timestamp"]+"."+p.body)
		want = append(want, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	if got := p.header["Webhook-Signature"]; got != strings.Join(want, " ") {
		t.Errorf("signed %s, want %s", got, want)
	}
	if p.header["Webhook-Timestamp"] != strconv.FormatInt(h.now().Unix(), 10) || !strings.HasPrefix(p.header["Webhook-Id"], "msg_") {
		t.Errorf("the headers are %v", p.header)
	}
}

func TestADayLongBothSecretsSign(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	first := h.listen(r, NewWebhook{})
	second := must(ask(h.RotateWebhookSecret, root, WebhookRef{ID: first.ID}))
	if first.Secret == second.Secret || second.Revision != 2 {
		t.Fatal("the secret is the same")
	}
	h.tell()
	wantsSignature(t, h, r.got[len(r.got)-1], second.Secret, first.Secret)
	h.later(formerSecret)
	must(ask(h.Ping, root, WebhookRef{ID: first.ID}))
	h.tell()
	wantsSignature(t, h, r.got[len(r.got)-1], second.Secret)
	if seen := must(ask(h.Webhook, root, WebhookRef{ID: first.ID})); seen.Secret != "" {
		t.Error("the secret can be read later")
	}
}

func TestNothingIsToldOfWhatDidNotHappen(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	h.listen(r, NewWebhook{})
	h.tell()
	was := len(r.got)
	wrong := errors.New("it fails after all")
	err := h.db.Write(t.Context(), func(tx *gorm.DB) error {
		return errors.Join(h.note(tx, ada, deed{Action: "timesheet.created", Object: "e1"}), wrong)
	})
	if !errors.Is(err, wrong) || h.tell() != 0 || len(r.got) != was {
		t.Errorf("%v, and %d were told", err, len(r.got)-was)
	}
}

func TestADeliveryIsTriedAgainUntilItIsTaken(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	w := h.listen(r, NewWebhook{Events: []string{"timesheet.created"}})
	r.answers = []int{0, 500, 302, 200}
	h.happen(deed{Action: "timesheet.created", Object: "e1"})
	for attempt := range 4 {
		if h.tell() != 1 {
			t.Fatalf("attempt %d wasn't made", attempt)
		}
		if h.tell() != 0 {
			t.Fatal("it is tried again at once")
		}
		seen := must(ask(h.Webhook, root, WebhookRef{ID: w.ID}))
		if failing := seen.FailingSince != nil; failing != (attempt < 3) {
			t.Errorf("after attempt %d it is failing: %v", attempt, failing)
		}
		d := must(ask(h.Deliveries, root, DeliveryQuery{ID: w.ID})).Items[0]
		if want := []string{"connection refused", "500", "302", ""}[attempt]; !strings.Contains(d.LastError, want) || d.Attempts != attempt+1 {
			t.Errorf("attempt %d: %+v", attempt, d)
		}
		h.later(longestPause)
	}
	for _, p := range r.got {
		if p.header["Webhook-Id"] != r.got[0].header["Webhook-Id"] {
			t.Error("another attempt has another id")
		}
	}
}

func TestWhatIsNeverTakenIsGivenUpAndCanBeSentAgain(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	w := h.listen(r, NewWebhook{Events: []string{"timesheet.created"}})
	h.happen(deed{Action: "timesheet.created", Object: "e1"})
	r.answers = []int{500, 500}
	h.tell()
	h.later(deliveryLife)
	h.tell()
	d := must(ask(h.Deliveries, root, DeliveryQuery{ID: w.ID})).Items[0]
	if d.State != givenUp || h.tell() != 0 {
		t.Fatalf("it is %+v", d)
	}
	again := must(ask(h.Redeliver, root, DeliveryRef{ID: d.ID}))
	if again.State != waiting || again.ID != d.ID || h.tell() != 1 {
		t.Errorf("it is %+v", again)
	}
	h.later(deliveryKept)
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, stop)
	h.sweepDeliveries(ctx)
	if left := must(ask(h.Deliveries, root, DeliveryQuery{ID: w.ID})).Items; len(left) != 0 {
		t.Errorf("after a month there is %+v", left)
	}
}

func TestAWebhookThatFailsForDaysOrIsGoneIsSwitchedOff(t *testing.T) {
	for name, after := range map[string]time.Duration{"410": 0, "500": webhookPatience} {
		t.Run(name, func(t *testing.T) {
			h, r := openHouse(t), &receiver{}
			w := h.listen(r, NewWebhook{Events: []string{"timesheet.created"}})
			status := must(strconv.Atoi(name))
			r.answers = []int{status, status, status, status}
			h.happen(deed{Action: "timesheet.created", Object: "e1"})
			if after > 0 {
				h.tell()
				h.later(after)
				h.happen(deed{Action: "timesheet.created", Object: "e2"})
			}
			h.tell()
			w = must(ask(h.Webhook, root, WebhookRef{ID: w.ID}))
			waits := must(ask(h.Deliveries, root, DeliveryQuery{ID: w.ID, State: waiting})).Items
			if w.Enabled || w.FailingSince == nil || len(waits) != 0 {
				t.Errorf("it is %+v, and %d wait", w, len(waits))
			}
			h.happen(deed{Action: "timesheet.created", Object: "e3"})
			if h.tell() != 0 {
				t.Error("it is told all the same")
			}
			_, err := ask(h.Ping, root, WebhookRef{ID: w.ID})
			refused(t, err, InvalidTransition, "set enabled to true")
			w = must(ask(h.ChangeWebhook, root, WebhookChange{ID: w.ID, Revision: &w.Revision, Enabled: Patch[bool]{true, new(true)}}))
			if !w.Enabled || w.FailingSince != nil {
				t.Errorf("switched on again it is %+v", w)
			}
		})
	}
}

func TestTwoInstancesDeliverOnce(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	h.listen(r, NewWebhook{Events: []string{"timesheet.created"}})
	for i := range 20 {
		h.happen(deed{Action: "timesheet.created", Object: fmt.Sprint("e", i)})
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { h.tell() })
	}
	both.Wait()
	seen := map[string]bool{}
	for _, p := range r.got {
		seen[p.header["Webhook-Id"]] = true
	}
	if len(r.got) != 20 || len(seen) != 20 {
		t.Errorf("%d deliveries of %d things", len(r.got), len(seen))
	}
}

func TestWebhooksAreForAdministrators(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	w := h.listen(r, NewWebhook{})
	h.tell()
	d := must(ask(h.Deliveries, root, DeliveryQuery{ID: w.ID})).Items[0]
	for _, by := range []auth.Caller{ada, mia, payroll} {
		for name, err := range map[string]error{
			"add":       failure(ask(h.AddWebhook, by, NewWebhook{URL: "https://evil.example"})),
			"list":      failure(ask(h.Webhooks, by, WebhookQuery{})),
			"read":      failure(ask(h.Webhook, by, WebhookRef{ID: w.ID})),
			"change":    failure(ask(h.ChangeWebhook, by, WebhookChange{ID: w.ID, Revision: &w.Revision})),
			"rotate":    failure(ask(h.RotateWebhookSecret, by, WebhookRef{ID: w.ID})),
			"remove":    h.RemoveWebhook(t.Context(), by, WebhookRef{ID: w.ID}),
			"ping":      failure(ask(h.Ping, by, WebhookRef{ID: w.ID})),
			"history":   failure(ask(h.Deliveries, by, DeliveryQuery{ID: w.ID})),
			"redeliver": failure(ask(h.Redeliver, by, DeliveryRef{ID: d.ID})),
		} {
			if fault, ok := errors.AsType[*Fault](err); !ok || fault.Kind != Forbidden {
				t.Errorf("%s could %s: %v", by.Subject(), name, err)
			}
		}
	}
}

// failure is the error of two results.
func failure[T any](_ T, err error) error { return err }

func TestWebhooksAreChecked(t *testing.T) {
	h := openHouse(t)
	h.addressMistake = func(address string) *lang.Sentence {
		if strings.HasPrefix(address, "https://") {
			return nil
		}
		return new(lang.Say("must begin with https://"))
	}
	_, err := ask(h.AddWebhook, root, NewWebhook{URL: "http://10.0.0.7/"})
	refused(t, err, ValidationFailed, "/url must begin with https://")
	for want, n := range map[string]NewWebhook{
		"/url": {}, "/description": {URL: "https://a.example", Description: "a\nb"},
		"/events/0 /events/1": {URL: "https://a.example", Events: []string{"timesheet", "nothing.*", "*", "timesheet.*", "timesheet.created"}},
	} {
		if got := pointers(n.Validate()); got != want {
			t.Errorf("%+v: faults at %s", n, got)
		}
	}
	for range webhooksLimit {
		must(ask(h.AddWebhook, root, NewWebhook{URL: "https://a.example"}))
	}
	_, err = ask(h.AddWebhook, root, NewWebhook{URL: "https://a.example"})
	refused(t, err, ValidationFailed, "remove one first")
	var all []string
	for q := (WebhookQuery{Paging{Limit: 7}}); ; {
		page := must(ask(h.Webhooks, root, q))
		for _, w := range page.Items {
			all = append(all, w.ID)
		}
		if q.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	if len(all) != webhooksLimit {
		t.Errorf("the list has %d", len(all))
	}
	w := must(ask(h.Webhook, root, WebhookRef{ID: all[0]}))
	if _, err := ask(h.ChangeWebhook, root, WebhookChange{ID: w.ID, Revision: new(w.Revision + 1)}); err == nil {
		t.Error("an old revision was changed")
	}
	if err := h.RemoveWebhook(t.Context(), root, WebhookRef{ID: w.ID}); err != nil {
		t.Fatal(err)
	}
	_, err = ask(h.Webhook, root, WebhookRef{ID: w.ID})
	refused(t, err, NotFound)
}

func TestWhatIsTooLongIsToldWithoutItsContent(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	h.listen(r, NewWebhook{Events: []string{"timesheet.created"}})
	h.happen(deed{Action: "timesheet.created", Object: "e1", After: strings.Repeat("x", payloadLimit)})
	h.tell()
	var m message
	if err := json.Unmarshal([]byte(r.got[0].body), &m); err != nil || m.Data.Object != "e1" || m.Data.After != nil {
		t.Errorf("%v: %.200s", err, r.got[0].body)
	}
}

func TestACourierHoldsUpNobodyForOneThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		due, done := []string{"slow", "slow", "slow", "slow", "quick", "quick", "quick", "quick"}, map[string]int{}
		c := courier[string]{
			claim: func(_ context.Context, but []string) (*string, error) {
				mu.Lock()
				defer mu.Unlock()
				for i, target := range due {
					if !strings.Contains(strings.Join(but, " "), target) {
						due = append(due[:i:i], due[i+1:]...)
						return &target, nil
					}
				}
				return nil, nil
			},
			deliver: func(ctx context.Context, target *string) {
				if *target == "slow" {
					<-ctx.Done()
				}
				mu.Lock()
				defer mu.Unlock()
				done[*target]++
			},
			target: func(target *string) string { return *target },
			wake:   make(chan struct{}, 1),
		}
		ctx, stop := context.WithCancel(t.Context())
		go c.run(ctx)
		c.call()
		synctest.Wait()
		mu.Lock()
		if done["quick"] != 4 || done["slow"] != 0 || len(due) != 2 {
			t.Errorf("done %v, and %v left", done, due)
		}
		mu.Unlock()
		stop()
		synctest.Wait()
	})
}
