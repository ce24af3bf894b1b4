-- A patient as the clinic entered them. `sort` is the folded name, `search` the folded name and body (see fold.rs).
CREATE TABLE patient (
    clinic  TEXT NOT NULL,
    patient TEXT NOT NULL,
    name    TEXT NOT NULL,
    body    TEXT NOT NULL,
    sort    TEXT NOT NULL,
    search  TEXT NOT NULL,
    PRIMARY KEY (clinic, patient)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_by_name ON patient (clinic, sort, patient);

-- The counters of a record, apart from the wide patient row because every append writes them.
-- version: events held; assessed: the version of the last assessment.
CREATE TABLE record (
    clinic   TEXT NOT NULL,
    patient  TEXT NOT NULL,
    version  INTEGER NOT NULL DEFAULT 0,
    assessed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (clinic, patient),
    FOREIGN KEY (clinic, patient) REFERENCES patient
) STRICT, WITHOUT ROWID;
CREATE INDEX record_unassessed ON record (clinic, patient) WHERE version > assessed;

-- Events are never changed nor removed. Unlike the others a table with rowid: 256 patients' events of one group then fill
-- few pages at its end, and only narrow index pages are touched per patient (measured: twice the appends per second).
CREATE TABLE event (
    clinic      TEXT NOT NULL,
    patient     TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    id          TEXT NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (clinic, patient, seq),
    UNIQUE (clinic, patient, id),
    FOREIGN KEY (clinic, patient) REFERENCES record
) STRICT;

CREATE TABLE assessment (
    clinic  TEXT NOT NULL,
    patient TEXT NOT NULL,
    version INTEGER NOT NULL,
    level   INTEGER NOT NULL CHECK (level BETWEEN 0 AND 3),
    at      INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (clinic, patient),
    FOREIGN KEY (clinic, patient) REFERENCES record
) STRICT, WITHOUT ROWID;

-- Apart from the assessment: lists read that one and have no use for the engine's state.
CREATE TABLE snapshot (
    clinic  TEXT NOT NULL,
    patient TEXT NOT NULL,
    version INTEGER NOT NULL,
    state   BLOB NOT NULL,
    PRIMARY KEY (clinic, patient),
    FOREIGN KEY (clinic, patient) REFERENCES record
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
    clinic  TEXT NOT NULL,
    patient TEXT NOT NULL,
    id      TEXT NOT NULL,
    level   INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    since   INTEGER NOT NULL,
    open    INTEGER NOT NULL CHECK (open IN (0, 1)),
    body    TEXT NOT NULL,
    PRIMARY KEY (clinic, patient, id),
    FOREIGN KEY (clinic, patient) REFERENCES record
) STRICT, WITHOUT ROWID;
-- The worklist, already in its order.
CREATE INDEX alert_open ON alert (clinic, level DESC, since, patient, id) WHERE open = 1;
CREATE INDEX alert_open_of ON alert (clinic, patient) WHERE open = 1;

CREATE TABLE told (
    clinic  TEXT NOT NULL,
    patient TEXT NOT NULL,
    event   TEXT NOT NULL,
    level   INTEGER NOT NULL CHECK (level BETWEEN 0 AND 3),
    at      INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (clinic, patient, event),
    FOREIGN KEY (clinic, patient) REFERENCES record
) STRICT, WITHOUT ROWID;
CREATE INDEX told_newest ON told (clinic, patient, at DESC, event DESC);

CREATE TABLE draft (
    clinic  TEXT NOT NULL,
    patient TEXT NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (clinic, patient),
    FOREIGN KEY (clinic, patient) REFERENCES patient
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_by_age ON draft (at);

-- A pass is found by its hash before anybody knows whose it is.
CREATE TABLE pass (
    hash   TEXT NOT NULL PRIMARY KEY,
    kind   TEXT NOT NULL,
    clinic TEXT NOT NULL,
    who    TEXT NOT NULL,
    until  INTEGER NOT NULL,
    body   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pass_of ON pass (clinic, who, kind);

CREATE TABLE staff (
    clinic   TEXT NOT NULL,
    login    TEXT NOT NULL,
    name     TEXT NOT NULL,
    password TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (clinic, login)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    clinic TEXT NOT NULL,
    name   TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (clinic, name)
) STRICT, WITHOUT ROWID;
