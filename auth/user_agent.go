package auth

import (
	"strings"

	"punchcard/auth/lang"
)

// What browsers and systems write in User-Agent, in the order in which to look: each claims to be those after it too.
var (
	browserMarks = [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systemMarks = [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
)

// deviceOf tells people which browser a session is in, as far as it says so itself.
func deviceOf(userAgent string) lang.Words {
	browser, system := marked(browserMarks, userAgent), marked(systemMarks, userAgent)
	switch {
	case browser != "" && system != "":
		return lang.Words{"pages.device-on", "browser", browser, "system", system}
	case browser+system != "":
		return lang.Words{lang.Verbatim(browser + system)}
	}
	return lang.Words{"pages.another-program"}
}

func marked(marks [][2]string, text string) string {
	for _, m := range marks {
		if strings.Contains(text, m[0]) {
			return m[1]
		}
	}
	return ""
}
