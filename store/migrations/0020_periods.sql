-- +goose Up

-- Days are grouped into weeks or months, from a day on and until the next row's. Before any row they are weeks from Monday.

CREATE TABLE calendars (
    from_day    TEXT PRIMARY KEY,                  -- "2026-03-02"; "" is the beginning
    week_starts TEXT NOT NULL CHECK (week_starts IN ('monday', 'sunday', 'saturday')),
    period      TEXT NOT NULL CHECK (period IN ('week', 'month'))
);
INSERT INTO calendars (from_day, week_starts, period) SELECT '', week_starts, period FROM organization;

CREATE TABLE periods (                             -- what a person submits together; written as soon as it has an entry
    id               TEXT PRIMARY KEY,             -- per_ and its first day and the person's id
    user_id          TEXT NOT NULL REFERENCES users (id),
    start_day        TEXT NOT NULL,
    end_day          TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('open', 'submitted', 'approved', 'rejected')),
    entries          INTEGER NOT NULL,             -- this one to billable_minutes are counted anew at each write
    minutes          INTEGER NOT NULL,
    billable_minutes INTEGER NOT NULL,
    flags            TEXT NOT NULL,                -- JSON array, for who decides
    editors          TEXT NOT NULL,                -- JSON array: who else edited a line that waits for a decision
    submissions      INTEGER NOT NULL,             -- so far
    live             BOOLEAN NOT NULL,             -- the last submission is neither withdrawn, rejected nor reopened
    settled          BOOLEAN NOT NULL,             -- it was approved as a whole
    reopening_asked  BOOLEAN NOT NULL,             -- the owner asked for it since
    decision_id      TEXT,                         -- the last event that approved or rejected
    revision         INTEGER NOT NULL,             -- one more with each write, to itself or to an entry of it
    updated_at       TIMESTAMP NOT NULL,
    UNIQUE (user_id, start_day),
    CHECK (start_day <= end_day)
);
CREATE INDEX periods_of_all_by_day ON periods (start_day DESC, id DESC);
CREATE INDEX periods_waiting ON periods (start_day DESC, id DESC) WHERE state = 'submitted';

CREATE TABLE submissions (                         -- of a period, as its lines were at that moment
    period_id    TEXT NOT NULL REFERENCES periods (id),
    number       INTEGER NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    submitted_by TEXT NOT NULL,
    comment      TEXT NOT NULL,
    minutes      INTEGER NOT NULL,
    lines        TEXT NOT NULL,                    -- canonical JSON
    digest       TEXT NOT NULL,                    -- "sha256:" and the hash of lines, hex
    PRIMARY KEY (period_id, number)
);

CREATE TABLE period_events (
    id           TEXT PRIMARY KEY,                 -- UUIDv7
    period_id    TEXT NOT NULL REFERENCES periods (id),
    entry_id     TEXT REFERENCES entries (id),     -- if it was about this line alone
    kind         TEXT NOT NULL,
    submission   INTEGER NOT NULL,                 -- how many there had been
    by_user      TEXT NOT NULL,                    -- a person's id
    on_behalf_of TEXT,
    client       TEXT NOT NULL,                    -- client_id
    comment      TEXT NOT NULL,
    at           TIMESTAMP NOT NULL
);
CREATE INDEX period_events_by_period ON period_events (period_id, id);

CREATE TABLE locks (                               -- the lock date; the last one holds
    number    INTEGER PRIMARY KEY,
    until_day TEXT,                                -- the last closed day; NULL: none is
    reason    TEXT NOT NULL,
    by_user   TEXT NOT NULL,                       -- a person's id
    at        TIMESTAMP NOT NULL
);

ALTER TABLE entries ADD COLUMN period_id TEXT REFERENCES periods (id);

-- Time that was kept before is given its periods. Neither engine's functions of dates are the other's, so days are counted
-- out: n from Monday, 29 December 1969, which makes n % 7 the day of the week.

CREATE TABLE days_to_group (day TEXT PRIMARY KEY, start_day TEXT, end_day TEXT);
INSERT INTO days_to_group (day, start_day)
WITH RECURSIVE days (n, y, m, d) AS (
    SELECT 0, 1969, 12, 29 WHERE EXISTS (SELECT 1 FROM entries)
    UNION ALL
    SELECT n + 1,
        CASE WHEN m = 12 AND d = 31 THEN y + 1 ELSE y END,
        CASE WHEN d < CASE WHEN m IN (4, 6, 9, 11) THEN 30 WHEN m <> 2 THEN 31
                WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 29 ELSE 28 END THEN m
            WHEN m = 12 THEN 1 ELSE m + 1 END,
        CASE WHEN d < CASE WHEN m IN (4, 6, 9, 11) THEN 30 WHEN m <> 2 THEN 31
                WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 29 ELSE 28 END THEN d + 1 ELSE 1 END
    FROM days WHERE y < 2100
), named AS (
    SELECT n, d, y || '-' || CASE WHEN m < 10 THEN '0' ELSE '' END || m || '-' || CASE WHEN d < 10 THEN '0' ELSE '' END || d AS day
    FROM days
), firsts AS (
    SELECT n, day, CASE WHEN COALESCE((SELECT period FROM calendars), 'week') = 'month' THEN d = 1 ELSE
        n % 7 = CASE COALESCE((SELECT week_starts FROM calendars), 'monday') WHEN 'sunday' THEN 6 WHEN 'saturday' THEN 5 ELSE 0 END
    END AS is_first
    FROM named
), counted AS (
    SELECT n, day, SUM(CASE WHEN is_first THEN 1 ELSE 0 END) OVER (ORDER BY n) AS period FROM firsts
)
SELECT day, MIN(day) OVER (PARTITION BY period) FROM counted;
CREATE INDEX days_to_group_by_start ON days_to_group (start_day);
UPDATE days_to_group SET end_day = (SELECT MAX(other.day) FROM days_to_group AS other WHERE other.start_day = days_to_group.start_day)
WHERE day IN (SELECT date FROM entries);

INSERT INTO days_to_group (day, start_day, end_day)
SELECT DISTINCT date, date, date FROM entries WHERE date NOT IN (SELECT day FROM days_to_group); -- of a later century

INSERT INTO periods (id, user_id, start_day, end_day, state, entries, minutes, billable_minutes, flags, editors, submissions,
    live, settled, reopening_asked, revision, updated_at)
SELECT 'per_' || start_day || '_' || user_id, user_id, start_day, MAX(end_day),
    CASE WHEN SUM(CASE WHEN state = 'rejected' AND deleted_at IS NULL THEN 1 ELSE 0 END) > 0 THEN 'rejected' ELSE 'open' END,
    SUM(CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END), SUM(CASE WHEN deleted_at IS NULL THEN minutes ELSE 0 END),
    SUM(CASE WHEN billable AND deleted_at IS NULL THEN minutes ELSE 0 END), '[]', '[]', 0, FALSE, FALSE, FALSE, 1, MAX(updated_at)
FROM entries JOIN days_to_group ON day = date GROUP BY user_id, start_day;
UPDATE entries SET period_id = 'per_' || (SELECT start_day FROM days_to_group WHERE day = date) || '_' || user_id;
DROP TABLE days_to_group;

-- +goose Down
ALTER TABLE entries DROP COLUMN period_id;
DROP TABLE locks;
DROP TABLE period_events;
DROP TABLE submissions;
DROP TABLE periods;
DROP TABLE calendars;
