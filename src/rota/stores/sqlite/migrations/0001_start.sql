-- The first tables. Instants are whole microseconds since 1970 UTC; JSON is text.

CREATE TABLE rota_meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Numbers that only grow, also after rows were deleted.
CREATE TABLE rota_counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO rota_counter (name, value) VALUES ('run', 0), ('fence', 0), ('node', 0), ('event', 0);

CREATE TABLE rota_task (
    identifier TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    schema TEXT NOT NULL,
    policies TEXT NOT NULL,
    seen INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE rota_schedule (
    name TEXT NOT NULL UNIQUE,
    task TEXT NOT NULL,
    trigger TEXT NOT NULL,
    title TEXT NOT NULL,
    parameters TEXT NOT NULL,
    policies TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    paused_at INTEGER,
    paused_until INTEGER,
    pause_reason TEXT NOT NULL,
    origin TEXT NOT NULL,
    edited TEXT NOT NULL,
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    next_due INTEGER,
    awaits_end INTEGER NOT NULL,
    decided_through INTEGER NOT NULL,
    last_run INTEGER,
    last_finished INTEGER,
    last_state TEXT,
    last_result TEXT,
    runs INTEGER NOT NULL
);

CREATE INDEX rota_schedule_due ON rota_schedule (next_due, name)
    WHERE enabled = 1 AND paused = 0 AND next_due IS NOT NULL;

CREATE INDEX rota_schedule_pause_end ON rota_schedule (paused_until)
    WHERE enabled = 1 AND paused = 1 AND paused_until IS NOT NULL AND next_due IS NOT NULL;

CREATE INDEX rota_schedule_awaiting ON rota_schedule (name)
    WHERE enabled = 1 AND awaits_end = 1;

CREATE TABLE rota_run (
    id INTEGER PRIMARY KEY,
    task TEXT NOT NULL,
    due INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    schedule TEXT,
    target TEXT NOT NULL,
    reason TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    node TEXT,
    parameters TEXT NOT NULL DEFAULT '{}',
    policies TEXT NOT NULL DEFAULT '{}',
    priority INTEGER NOT NULL DEFAULT 0,
    room INTEGER,
    task_room INTEGER,
    idempotent INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    started INTEGER,
    finished INTEGER,
    result TEXT,
    error TEXT,
    progress REAL,
    message TEXT NOT NULL DEFAULT '',
    cancelling TEXT,
    abandoned INTEGER NOT NULL DEFAULT 0,
    again_of INTEGER,
    asked_by TEXT,
    due_last INTEGER,
    skips INTEGER NOT NULL DEFAULT 0
);

-- A slot has one decision, whatever anybody tries. By time first: what is launched together stands
-- together, and a batch touches a few pages of the index instead of one for each schedule.
CREATE UNIQUE INDEX rota_run_slot ON rota_run (due, schedule, target) WHERE kind = 'slot';

CREATE INDEX rota_run_history ON rota_run (schedule, id);

CREATE INDEX rota_run_of_task ON rota_run (task, id);

-- The queue, in the order in which it is taken, with all that decides whether a run is held back:
-- a long line that waits for one schedule is passed by without a look at its rows.
CREATE INDEX rota_run_queue ON rota_run (
    priority DESC, due, id, task, not_before, schedule, target, room, task_room, kind, state
)
    WHERE state IN ('queued', 'retrying');

CREATE INDEX rota_run_waiting ON rota_run (task, not_before)
    WHERE state IN ('queued', 'retrying');

-- Open runs: no end yet, and no skip (only skips have a last slot). Said without the state, so
-- that taking a run leaves this index alone.
CREATE INDEX rota_run_open ON rota_run (schedule, target)
    WHERE finished IS NULL AND due_last IS NULL;

CREATE INDEX rota_run_running ON rota_run (node) WHERE state = 'running';

-- What people look for among a million that succeeded; the usual run never touches it.
CREATE INDEX rota_run_unusual ON rota_run (state, id)
    WHERE state <> 'succeeded' AND state <> 'running' AND state <> 'queued' AND state <> 'retrying';

CREATE INDEX rota_run_skip ON rota_run (schedule, due_last) WHERE due_last IS NOT NULL;

CREATE TABLE rota_log (
    run INTEGER NOT NULL,
    number INTEGER NOT NULL,
    time INTEGER NOT NULL,
    level TEXT NOT NULL,
    logger TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE rota_node (
    name TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL,
    roles TEXT NOT NULL,
    labels TEXT NOT NULL,
    tasks TEXT NOT NULL,
    started INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    lease_until INTEGER NOT NULL, -- by the clock of the boot that boot_id names
    boot_id TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE rota_event (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    level TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    schedule TEXT,
    run INTEGER,
    node TEXT,
    asked_by TEXT
);

CREATE INDEX rota_event_time ON rota_event (time);

CREATE INDEX rota_event_of_schedule ON rota_event (schedule, id) WHERE schedule IS NOT NULL;
