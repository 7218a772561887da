-- +goose Up

-- What changed is read in the order in which it did, deleted entries with the rest. The last two columns of the first one
-- have SQLite prefer entries_by_day, which is narrower, for the lists of days.
CREATE INDEX entries_by_change ON entries (user_id, updated_at, id, revision, deleted_at);
CREATE INDEX entries_of_all_by_change ON entries (updated_at, id);

CREATE TABLE replays (                             -- answers to requests that may be sent again, for 24 hours
    client  TEXT NOT NULL,                         -- client_id
    subject TEXT NOT NULL,                         -- a person's id, or client_id@clients
    route   TEXT NOT NULL,                         -- "POST /timesheets"
    key     TEXT NOT NULL,                         -- as the caller chose it
    request TEXT NOT NULL,                         -- a hash of what was asked
    answer  TEXT NOT NULL,                         -- sealed
    at      TIMESTAMP NOT NULL,
    PRIMARY KEY (client, subject, route, key)
);
CREATE INDEX replays_by_time ON replays (at);
CREATE INDEX replays_by_caller ON replays (client, subject, at);

-- +goose Down
DROP TABLE replays;
DROP INDEX entries_of_all_by_change;
DROP INDEX entries_by_change;
