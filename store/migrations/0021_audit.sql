-- +goose Up

-- What was done, by whom, to what: a chain of records per person whose time it is, and one of the organization. Each record
-- holds the hash of the one before. Content can be erased: the chain has no more of it than a salted digest.

CREATE TABLE audit_records (
    chain          TEXT NOT NULL,                  -- a person's id, or "organization"
    number         INTEGER NOT NULL,               -- 1, 2, …
    id             TEXT NOT NULL UNIQUE,           -- UUIDv7: sorts all chains by time, and one by number
    at             TIMESTAMP NOT NULL,
    actor          TEXT NOT NULL,                  -- a person's id, client_id@clients, or what the server does by itself
    client         TEXT NOT NULL,                  -- client_id of the application
    token          TEXT NOT NULL,                  -- the access token's jti
    request        TEXT NOT NULL,                  -- Request-Id
    action         TEXT NOT NULL,                  -- "timesheet.created"
    object         TEXT NOT NULL,                  -- id of the thing
    content_digest TEXT NOT NULL,                  -- "sha256:" and the hash of salt and content, hex
    prev_hash      TEXT NOT NULL,                  -- of the record before; empty at the first
    hash           TEXT NOT NULL,                  -- "sha256:" and the hash of all above, hex
    salt           TEXT,                           -- NULL, as is the next: erased
    content        TEXT,                           -- JSON object: before and after
    PRIMARY KEY (chain, number),
    CHECK ((salt IS NULL) = (content IS NULL))
);
CREATE INDEX audit_records_by_chain ON audit_records (chain, id);
CREATE INDEX audit_records_by_actor ON audit_records (actor, id);
CREATE INDEX audit_records_by_action ON audit_records (action, id);
CREATE INDEX audit_records_by_object ON audit_records (object, id);

CREATE TABLE audit_heads (                         -- where each chain ends, so that a missing end shows
    chain  TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    hash   TEXT NOT NULL
);

CREATE INDEX entries_of_person ON entries (user_id, id); -- deleted ones too, for who asks for all of theirs, or is erased

-- +goose Down
DROP INDEX entries_of_person;
DROP TABLE audit_heads;
DROP TABLE audit_records;
