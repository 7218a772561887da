-- +goose Up

-- How much time is expected of people: on the days of a week, less holidays and absences.

CREATE TABLE expected_hours (
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE, -- NULL: everybody who has none of their own yet
    valid_from TEXT NOT NULL,                      -- "2026-03-02"; until the next one
    monday     INTEGER NOT NULL CHECK (monday BETWEEN 0 AND 1440), -- minutes, as on the others
    tuesday    INTEGER NOT NULL CHECK (tuesday BETWEEN 0 AND 1440),
    wednesday  INTEGER NOT NULL CHECK (wednesday BETWEEN 0 AND 1440),
    thursday   INTEGER NOT NULL CHECK (thursday BETWEEN 0 AND 1440),
    friday     INTEGER NOT NULL CHECK (friday BETWEEN 0 AND 1440),
    saturday   INTEGER NOT NULL CHECK (saturday BETWEEN 0 AND 1440),
    sunday     INTEGER NOT NULL CHECK (sunday BETWEEN 0 AND 1440)
);
CREATE UNIQUE INDEX expected_hours_of_people ON expected_hours (user_id, valid_from);
CREATE UNIQUE INDEX expected_hours_of_all ON expected_hours (valid_from) WHERE user_id IS NULL;

CREATE TABLE workplaces (                          -- where people work who have the holidays of a region
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    region  TEXT NOT NULL                          -- the organization's own word for it: "DE-BY"
);

CREATE TABLE holidays (
    id     TEXT PRIMARY KEY,                       -- hol_…
    date   TEXT NOT NULL,
    region TEXT NOT NULL,                          -- empty: everywhere
    name   TEXT NOT NULL,
    half   BOOLEAN NOT NULL,                       -- half of the day's time is expected
    UNIQUE (date, region, name)
);
CREATE INDEX holidays_by_day ON holidays (date, id);

CREATE TABLE absences (                            -- of one person they don't overlap
    id              TEXT PRIMARY KEY,              -- abs_…
    user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL CHECK (kind IN ('vacation', 'sick', 'parental', 'unpaid', 'other')),
    from_day        TEXT NOT NULL,
    to_day          TEXT NOT NULL,
    half            BOOLEAN NOT NULL,              -- half of each day
    minutes_per_day INTEGER CHECK (minutes_per_day BETWEEN 1 AND 1440), -- NULL: whole days, or halves
    note            TEXT NOT NULL,
    created_by      TEXT NOT NULL,                 -- a person's id, or an application's subject
    created_at      TIMESTAMP NOT NULL,
    CHECK (from_day <= to_day)
);
CREATE INDEX absences_by_day ON absences (user_id, from_day, id);
CREATE INDEX absences_of_all_by_day ON absences (from_day, id);

-- +goose Down
DROP TABLE absences;
DROP TABLE holidays;
DROP TABLE workplaces;
DROP TABLE expected_hours;
