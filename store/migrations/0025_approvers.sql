-- +goose Up

-- Who decides about time beside the owner's manager.

CREATE TABLE delegations (                         -- one person decides for another, about the time of the other's people
    id           TEXT PRIMARY KEY,                 -- dlg_…
    from_user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    to_user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    starts_on    TEXT NOT NULL,                    -- the first day, in UTC
    ends_on      TEXT NOT NULL,                    -- the last day
    reason       TEXT NOT NULL,
    created_by   TEXT NOT NULL,                    -- a person's id
    created_at   TIMESTAMP NOT NULL,
    ended_by     TEXT,                             -- who ended it early
    ended_at     TIMESTAMP,
    CHECK (from_user_id <> to_user_id),
    CHECK (starts_on <= ends_on)
);
CREATE INDEX delegations_by_giver ON delegations (from_user_id, ends_on);
CREATE INDEX delegations_by_taker ON delegations (to_user_id, ends_on);
CREATE INDEX delegations_by_day ON delegations (starts_on DESC, id DESC);

ALTER TABLE projects ADD COLUMN approver_id TEXT REFERENCES users (id) ON DELETE SET NULL; -- who decides about time on it
CREATE INDEX projects_by_approver ON projects (approver_id) WHERE approver_id IS NOT NULL;

ALTER TABLE entries ADD COLUMN decided_for TEXT;   -- for whom who decided stood in

-- +goose Down
ALTER TABLE entries DROP COLUMN decided_for;
DROP INDEX projects_by_approver;
ALTER TABLE projects DROP COLUMN approver_id;
DROP TABLE delegations;
