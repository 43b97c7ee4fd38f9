-- The site's own tables. Instants are whole seconds since 1970-01-01 UTC.

CREATE TABLE IF NOT EXISTS pages (
    id           INTEGER PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE,
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL DEFAULT '',
    body         TEXT NOT NULL DEFAULT '',
    section      TEXT NOT NULL DEFAULT 'story' CHECK (section IN ('guide', 'story', 'note')),
    state        TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'binned')),
    publish_at   INTEGER,            -- a draft's planned publication, if it has one
    published_at INTEGER,
    changed_at   INTEGER NOT NULL,
    binned_at    INTEGER
);
CREATE INDEX IF NOT EXISTS pages_by_state ON pages (state, publish_at);

CREATE TABLE IF NOT EXISTS uploads (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,         -- as its owner called it, for showing only
    stored    TEXT NOT NULL UNIQUE,  -- the file's name in our folder
    kind      TEXT NOT NULL,         -- media type, found by looking into the file
    size      INTEGER NOT NULL,
    added_at  INTEGER NOT NULL,
    binned_at INTEGER
);

CREATE TABLE IF NOT EXISTS views (
    day   TEXT NOT NULL,             -- 2026-03-02, local
    slug  TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, slug)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS backups (
    name    TEXT PRIMARY KEY,
    made_at INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    rows    INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS reports (
    monday  TEXT PRIMARY KEY,        -- the week's first day
    made_at INTEGER NOT NULL,
    total   INTEGER NOT NULL,
    before  INTEGER NOT NULL,        -- the week before, for comparison
    chart   TEXT NOT NULL,           -- SVG, made by chart.py
    top     TEXT NOT NULL            -- JSON: [[slug, title, count], …]
);

CREATE TABLE IF NOT EXISTS bulletins (
    taken_at INTEGER PRIMARY KEY,
    level_cm INTEGER NOT NULL,
    flow     INTEGER NOT NULL,       -- cubic metres a second
    celsius  REAL NOT NULL,
    words    TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS logbook (
    id    INTEGER PRIMARY KEY,
    day   TEXT NOT NULL,
    boat  TEXT NOT NULL,
    cargo TEXT NOT NULL,
    tons  INTEGER NOT NULL,
    UNIQUE (day, boat)
);

CREATE TABLE IF NOT EXISTS words (
    word  TEXT NOT NULL,
    kind  TEXT NOT NULL CHECK (kind IN ('page', 'logbook')),
    item  INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (word, kind, item)
) WITHOUT ROWID;
