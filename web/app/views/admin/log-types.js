/** The types of events (auth/event_types.go), by what they are about. */
export const types = [
  ["signing", ["s", "f", "fp", "fu", "blocked", "limit_wc", "limit_mu", "ssa", "fsa", "authorized", "consent_granted",
    "consent_declined", "slo", "flo", "oidc_backchannel_logout_succeeded", "oidc_backchannel_logout_failed", "session_ended",
    "signed_out_everywhere"]],
  ["tokens", ["seacft", "feacft", "seccft", "feccft", "sertft", "fertft", "ferrt", "code_reused", "sede", "fede", "rule_denied",
    "rule_failed", "rules_ran"]],
  ["applications", ["client_refused", "client_throttled", "srrt", "token_revoked", "token_inactive", "revocation_failed",
    "inspection_failed", "push_failed", "refused"]],
  ["devices", ["fdeaz", "fdeac", "device_allowed", "fdecc", "device_throttled"]],
  ["accounts", ["scp", "fcp", "consent_revoked", "account_failed", "setup", "setup_failed", "ss", "fs", "sapi", "fapi", "events_lost"]],
];
