-- Who may sign in, with which keys; what people changed; how schedules looked after each change.

CREATE TABLE rota_account (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    digest TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL
) WITHOUT ROWID;

-- Keys are hashes: whoever reads this table cannot sign in with it.
CREATE TABLE rota_session (
    key TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX rota_session_of ON rota_session (account);

CREATE TABLE rota_token (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    asked_by TEXT
) WITHOUT ROWID;

INSERT INTO rota_counter (name, value) VALUES ('audit', 0);

CREATE TABLE rota_audit (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    asked_by TEXT,
    origin TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT,
    reason TEXT NOT NULL
);

CREATE INDEX rota_audit_of ON rota_audit (subject, id);

CREATE TRIGGER rota_audit_stays BEFORE DELETE ON rota_audit
BEGIN
    SELECT raise(ABORT, 'the audit only grows');
END;

CREATE TRIGGER rota_audit_is_fixed BEFORE UPDATE ON rota_audit
BEGIN
    SELECT raise(ABORT, 'the audit only grows');
END;

CREATE TABLE rota_revision (
    schedule TEXT NOT NULL,
    number INTEGER NOT NULL,
    time INTEGER NOT NULL,
    asked_by TEXT,
    origin TEXT NOT NULL,
    action TEXT NOT NULL,
    version INTEGER NOT NULL,
    fields TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (schedule, number)
) WITHOUT ROWID;
