-- +goose Up

-- What people are told of, and the mails that tell them.

ALTER TABLE organization ADD COLUMN submission_due_days INTEGER NOT NULL DEFAULT 2; -- after a period's last day; 0: nobody is reminded
ALTER TABLE organization ADD COLUMN remind_every_days INTEGER NOT NULL DEFAULT 3;   -- when it is overdue; 0: no more
ALTER TABLE organization ADD COLUMN escalate_after_days INTEGER NOT NULL DEFAULT 5; -- without a decision; 0: never

CREATE TABLE notifications (
    id         TEXT PRIMARY KEY,                   -- UUIDv7
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who is told
    kind       TEXT NOT NULL,
    period_id  TEXT,                               -- which may have no row yet
    entry_id   TEXT REFERENCES entries (id) ON DELETE CASCADE, -- if it is about this line alone
    owner_id   TEXT REFERENCES users (id) ON DELETE CASCADE,   -- whose time it is about
    by_user    TEXT REFERENCES users (id) ON DELETE CASCADE,   -- who did it; NULL: the clock
    params     TEXT NOT NULL,                      -- JSON object, without names: those are looked up
    shown      BOOLEAN NOT NULL,                   -- in the app, not only by mail
    once       TEXT UNIQUE,                        -- what the clock tells of a single time
    created_at TIMESTAMP NOT NULL,
    read_at    TIMESTAMP
);
CREATE INDEX notifications_of_person ON notifications (user_id, id);
CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE shown AND read_at IS NULL;
CREATE INDEX notifications_by_period ON notifications (period_id, kind);
CREATE INDEX notifications_by_age ON notifications (created_at);
CREATE INDEX notifications_by_entry ON notifications (entry_id);
CREATE INDEX notifications_by_owner ON notifications (owner_id);
CREATE INDEX notifications_by_actor ON notifications (by_user);

CREATE TABLE notification_switches (               -- as a person set them; without a row a kind is told as usual
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind    TEXT NOT NULL,
    in_app  BOOLEAN NOT NULL,
    email   BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, kind)
);

CREATE TABLE mails (                               -- a notification that is to be sent, or was
    id         TEXT PRIMARY KEY REFERENCES notifications (id) ON DELETE CASCADE,
    user_id    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped', 'given up')),
    letter     TEXT,                               -- the mail in which it goes with others: the id of the first; NULL: none yet
    attempts   INTEGER NOT NULL,
    next_at    TIMESTAMP NOT NULL,                 -- of the next attempt; while one is made, when another may be
    sent_at    TIMESTAMP,
    last_error TEXT NOT NULL
);
CREATE INDEX mails_due ON mails (next_at, id) WHERE state = 'waiting';
CREATE INDEX mails_to_gather ON mails (user_id, kind, id) WHERE state = 'waiting';
CREATE INDEX mails_by_letter ON mails (letter);

CREATE INDEX periods_by_end ON periods (end_day, id);

-- +goose Down
DROP INDEX periods_by_end;
DROP TABLE mails;
DROP TABLE notification_switches;
DROP TABLE notifications;
ALTER TABLE organization DROP COLUMN escalate_after_days;
ALTER TABLE organization DROP COLUMN remind_every_days;
ALTER TABLE organization DROP COLUMN submission_due_days;
