-- Who may sign in, with which keys; what people changed; how schedules looked after each change.

CREATE TABLE rota_account (
    name text COLLATE "C" PRIMARY KEY,
    role text NOT NULL,
    digest text NOT NULL,
    created bigint NOT NULL,
    changed bigint NOT NULL
);

-- Keys are hashes: whoever reads this table cannot sign in with it.
CREATE TABLE rota_session (
    key text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    created bigint NOT NULL,
    expires bigint NOT NULL
);

CREATE INDEX rota_session_of ON rota_session (account);

CREATE TABLE rota_token (
    name text COLLATE "C" PRIMARY KEY,
    role text NOT NULL,
    key text COLLATE "C" NOT NULL UNIQUE,
    created bigint NOT NULL,
    expires bigint NOT NULL,
    asked_by text
);

CREATE SEQUENCE rota_audit_id;

CREATE TABLE rota_audit (
    id bigint PRIMARY KEY,
    time bigint NOT NULL,
    asked_by text,
    origin text NOT NULL,
    action text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    before text,
    after text,
    reason text NOT NULL
);

CREATE INDEX rota_audit_of ON rota_audit (subject, id);

CREATE FUNCTION rota_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit only grows';
END
$$;

CREATE TRIGGER rota_audit_stays BEFORE UPDATE OR DELETE ON rota_audit
    FOR EACH STATEMENT EXECUTE FUNCTION rota_audit_only_grows();

CREATE TABLE rota_revision (
    schedule text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    time bigint NOT NULL,
    asked_by text,
    origin text NOT NULL,
    action text NOT NULL,
    version bigint NOT NULL,
    fields text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (schedule, number)
);
