-- +goose Up

CREATE TABLE events (                              -- what happened at the authorization server, until it is swept out
    id          TEXT PRIMARY KEY,                  -- log_ and a UUIDv7: sorts by time
    at          TIMESTAMP NOT NULL,
    type        TEXT NOT NULL,                     -- such as s, fp, ferrt
    description TEXT NOT NULL,
    client_id   TEXT NOT NULL,                     -- empty where there is none, as below; what it names may be gone
    user_id     TEXT NOT NULL,
    session_id  TEXT NOT NULL,
    ip          TEXT NOT NULL,
    user_agent  TEXT NOT NULL,
    audience    TEXT NOT NULL,
    scope       TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    details     TEXT NOT NULL                      -- JSON object
);
CREATE INDEX events_by_type ON events (type, id);
CREATE INDEX events_by_user ON events (user_id, id);
CREATE INDEX events_by_client ON events (client_id, id);
CREATE INDEX events_by_ip ON events (ip, id);

-- +goose Down
DROP TABLE events;
