package web

import (
	"net/http"
	"strings"
	"testing"
)

// From where a call comes is what its connection says, or what a proxy says that an administrator trusts: nobody else can
// pass for somebody elsewhere, and so escape the brakes or pull them for others.
func TestOnlyATrustedProxySaysFromWhereACallComes(t *testing.T) {
	for name, q := range map[string]struct {
		trusted []string
		header  [2]string
		want    string
	}{
		"nobody is trusted":          {nil, [2]string{"X-Forwarded-For", "203.0.113.9"}, "192.0.2.1"},
		"another is trusted":         {[]string{"198.51.100.0/24"}, [2]string{"X-Forwarded-For", "203.0.113.9"}, "192.0.2.1"},
		"the proxy is trusted":       {[]string{"192.0.2.0/24"}, [2]string{"X-Forwarded-For", "203.0.113.9"}, "203.0.113.9"},
		"what its client had said":   {[]string{"192.0.2.0/24"}, [2]string{"X-Forwarded-For", "8.8.8.8, 203.0.113.9"}, "203.0.113.9"},
		"two proxies in a row":       {[]string{"192.0.2.0/24", "10.0.0.0/8"}, [2]string{"X-Forwarded-For", "203.0.113.9, 10.1.2.3"}, "203.0.113.9"},
		"no address":                 {[]string{"192.0.2.0/24"}, [2]string{"X-Forwarded-For", "everywhere"}, "192.0.2.1"},
		"a header that none asks of": {[]string{"192.0.2.0/24"}, [2]string{"X-Real-Ip", "203.0.113.9"}, "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			c.settings.TrustedProxies = q.trusted
			c.handler = New(c.settings)
			form := "grant_type=client_credentials&client_id=payroll&client_secret=" + strings.ReplaceAll(testSecret, " ", "+")
			answer := c.ask(t, "", "POST", "/oauth/token", form, "Content-Type", "application/x-www-form-urlencoded", q.header[0], q.header[1])
			if answer.StatusCode != http.StatusOK {
				t.Fatal(answer.body)
			}
			var lines logLines
			c.manage(t, "GET", "logs?q=type:seccft+AND+client_id:payroll", "").json(t, &lines)
			if len(lines) != 1 || lines[0].IP != q.want {
				t.Errorf("the log says %+v, want %s", lines, q.want)
			}
		})
	}
}
