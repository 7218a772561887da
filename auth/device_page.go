package auth

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
)

// devicePage is where a person enters the code that a device shows.
type devicePage struct {
	Code   string
	Linked bool // the code came in the address, so the person has yet to compare it
	Alert  lang.Words
	Action string
	CSRF   string
}

// deviceForm is the purpose of that page's form.
const deviceForm = "user code"

// DevicePage asks for the user code (RFC 8628 §3.3): GET /device, or /activate. One in the address is filled in for the
// person to compare, and no more is done with it.
func (s *Server) DevicePage() gin.HandlerFunc {
	return func(c *gin.Context) {
		code := readUserCode(c.Query("user_code"))
		s.showDevice(c, http.StatusOK, devicePage{Code: code, Linked: code != ""})
	}
}

func (s *Server) showDevice(c *gin.Context, status int, page devicePage) {
	page.Action, page.CSRF = c.FullPath(), s.csrf(s.browser(c), deviceForm)
	s.show(c, status, "device.html", "", page)
}

// Device takes the user code and goes on to signing in and to what the device asks for: POST /device, or /activate.
func (s *Server) Device() gin.HandlerFunc {
	return func(c *gin.Context) {
		about(c).Type = "fdeac"
		form, err := s.readPageForm(c, deviceForm)
		if err == nil {
			err = s.enter(c, form.get("user_code"))
		}
		if err != nil {
			s.showFailure(c, err)
		}
	}
}

func (s *Server) enter(c *gin.Context, typed string) error {
	live, person, err := s.currentSession(c)
	if err != nil {
		return err
	}
	who := []string{networkOf(c.ClientIP())}
	if live != nil {
		who = append(who, live.UserID)
	}
	if wait := s.guesses.attempt(wrongUserCodes, s.now(), who...); wait > 0 {
		if s.guesses.once(wrongUserCodes, who...) {
			s.record(c, about(c).as("device_throttled", "user codes are throttled"))
		}
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		s.showDevice(c, http.StatusTooManyRequests, devicePage{
			Code: typed, Alert: lang.Words{"pages.device.throttled", "n", int(math.Ceil(wait.Minutes()))}})
		return nil
	}
	asked, err := s.waiting(c.Request.Context(), "user_code_mac = ?", s.userCodeMAC(readUserCode(typed)))
	if err == nil && asked == nil {
		s.record(c, about(c).as("fdeac", "a wrong user code was entered"))
		s.showDevice(c, http.StatusUnprocessableEntity, devicePage{
			Code: typed, Alert: lang.Words{"pages.device.unknown"}})
		return nil
	}
	s.guesses.takeBack(who...)
	if err != nil {
		return err
	}
	in, err := s.begin(c, asked.asRequest(s.policy.Load().apis[asked.APIID]))
	if err != nil {
		return err
	}
	return s.proceed(c, in, live, person)
}

// networkOf is whose an address is: an IPv6 connection has a /64 to itself.
func networkOf(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Unmap().Is4() {
		return ip
	}
	network, _ := addr.Prefix(64) // no IPv6 address is shorter
	return network.String()
}

// askingDevice is what the consent page tells of a device.
type askingDevice struct {
	IP      string
	Near    bool // it asks from the network that the person is on
	At      time.Time
	Minutes int // since then
}

// deviceOf is nil where no device asks.
func (s *Server) deviceOf(c *gin.Context, r authorizationRequest) (*askingDevice, error) {
	if r.Device == "" {
		return nil, nil
	}
	asked, err := s.waiting(c.Request.Context(), "hash = ?", r.Device)
	if err != nil {
		return nil, err
	}
	if asked == nil {
		return nil, deviceGone()
	}
	return &askingDevice{
		IP: asked.IP, Near: networkOf(asked.IP) == networkOf(c.ClientIP()), At: asked.CreatedAt,
		Minutes: int(s.now().Sub(asked.CreatedAt).Minutes()),
	}, nil
}

func deviceGone() *Error {
	return refuse("invalid_request", "Somebody decided about this device already, or it waited too long. It can show a new code.").telling("pages.device.gone")
}
