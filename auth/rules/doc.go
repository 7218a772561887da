// Package rules runs rules: JavaScript functions (user, context, callback) by which an administrator decides who is let in and
// what stands in tokens, as tenants wrote them for Auth0. It knows JSON in and JSON out, and nothing of OAuth or the database.
//
// Rules run in a process of their own: this same program, executed again without environment, files or network code, which
// is limited in memory and killed when it is late. Nothing that a rule does, a stack that overflows inside of the engine or a
// regular expression that never ends, reaches the server. Each rule finds a fresh virtual machine: what one does to its
// globals, no other sees. What doesn't end well, by whatever cause, is an error: whoever runs rules lets nobody in on one.
//
// A program that imports this package is its own rules process: see init in serve.go. On systems other than Linux that process
// is bounded in time and by its garbage collector alone.
package rules
