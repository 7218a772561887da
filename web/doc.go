// Package web is the whole HTTP surface: every route and who may use it, JSON in and out, problems, CORS, the request log.
//
// It knows HTTP and nothing else: what a request does is an operation of package timesheets or a handler of package auth.
// openapi.yaml describes the same routes to those who call them.
package web
