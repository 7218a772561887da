-- +goose Up

-- Applications are told when a session ends in which somebody signed in to them (OpenID Connect Back-Channel Logout 1.0).

ALTER TABLE clients ADD COLUMN backchannel_logout_uri TEXT NOT NULL DEFAULT '';                  -- empty: it isn't told
ALTER TABLE clients ADD COLUMN backchannel_logout_session_required BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE session_clients (                     -- who learned of a session, by a code or by an ID token alone
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    PRIMARY KEY (session_id, client_id)
);
CREATE INDEX session_clients_by_client ON session_clients (client_id);

CREATE TABLE logout_deliveries (                   -- logout tokens to send; they outlast the session and the person
    id         TEXT PRIMARY KEY,                   -- lgo_…
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    user_id    TEXT NOT NULL,
    session_id TEXT NOT NULL,                      -- empty: every session of the person at the application
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'refused', 'given up')),
    attempts   INTEGER NOT NULL,
    next_at    TIMESTAMP NOT NULL,                 -- of the next attempt; while one is made, when another may be
    last_error TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL                  -- given up from then on
);
CREATE INDEX logout_deliveries_waiting ON logout_deliveries (next_at, id) WHERE state = 'waiting';
CREATE INDEX logout_deliveries_by_client ON logout_deliveries (client_id);
CREATE INDEX logout_deliveries_by_expiry ON logout_deliveries (expires_at);

-- Sessions that go on while this is introduced have their codes' authorizations to tell by.
INSERT INTO session_clients (session_id, client_id)
SELECT DISTINCT a.session_id, a.client_id FROM authorizations AS a JOIN sessions AS s ON s.id = a.session_id WHERE s.ended_at IS NULL;

-- +goose Down
DROP TABLE logout_deliveries;
DROP TABLE session_clients;
ALTER TABLE clients DROP COLUMN backchannel_logout_session_required;
ALTER TABLE clients DROP COLUMN backchannel_logout_uri;
