// Package mail writes letters to people and hands them to a mail server by SMTP (RFC 5321). It knows neither what the letters
// are about nor when they are to be sent.
package mail
