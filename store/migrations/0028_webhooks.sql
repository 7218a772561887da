-- +goose Up

CREATE TABLE webhooks (                            -- addresses that are told of what is done
    id             TEXT PRIMARY KEY,               -- whk_…
    url            TEXT NOT NULL,
    description    TEXT NOT NULL,
    events         TEXT NOT NULL,                  -- JSON array: "timesheet.deleted", "timesheet.*", "*"
    enabled        BOOLEAN NOT NULL,
    failing_since  TIMESTAMP,                      -- of the first failure since the last success
    secret_number  INTEGER NOT NULL,               -- which of its secrets signs; the secret itself is nowhere
    secret_at      TIMESTAMP NOT NULL,             -- since when
    revision       INTEGER NOT NULL,
    created_by     TEXT NOT NULL,                  -- a person's id
    created_at     TIMESTAMP NOT NULL,
    updated_at     TIMESTAMP NOT NULL
);

CREATE TABLE webhook_deliveries (                  -- what each is to be told, or was
    id           TEXT PRIMARY KEY,                 -- msg_ and a UUIDv7
    webhook_id   TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event        TEXT NOT NULL,
    owner        TEXT NOT NULL,                    -- the person whom it is about; empty: the organization
    payload      TEXT NOT NULL,                    -- JSON, as it is sent
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts     INTEGER NOT NULL,
    next_at      TIMESTAMP NOT NULL,               -- of the next attempt; while one is made, when another may be
    last_status  INTEGER,                          -- of the last answer; NULL: there was none
    last_error   TEXT NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL                -- given up from then on
);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (next_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id DESC);
CREATE INDEX webhook_deliveries_by_owner ON webhook_deliveries (owner);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);

-- +goose Down
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
