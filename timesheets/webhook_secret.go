package timesheets

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// formerSecret is for how long what is sent is signed with the secret before the last one too.
const formerSecret = 24 * time.Hour

// secretPrefix begins a secret as people copy it (Standard Webhooks 1.0).
const secretPrefix = "whsec_"

// webhookSecret is a webhook's secret with the number. It follows from the server's own secret, so nothing of it is kept.
func (s *Service) webhookSecret(id string, number int) string {
	mac := hmac.New(sha256.New, s.webhookKey)
	fmt.Fprintf(mac, "%s %d", id, number)
	return secretPrefix + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// signed are the headers that say who sent the payload and when: the receiver computes the signature anew, and takes nothing
// that is old (Standard Webhooks 1.0).
func (s *Service) signed(w Webhook, id string, at time.Time, payload []byte) map[string]string {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	numbers := []int{w.SecretNumber}
	if w.SecretNumber > 1 && at.Sub(w.SecretAt) < formerSecret {
		numbers = append(numbers, w.SecretNumber-1)
	}
	var signatures []string
	for _, number := range numbers {
		key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.webhookSecret(w.ID, number), secretPrefix))
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, payload)
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return map[string]string{
		"Webhook-Id": id, "Webhook-Timestamp": timestamp, "Webhook-Signature": strings.Join(signatures, " "),
	}
}
