-- The first tables, in the schema that the search path names. Instants are whole microseconds since
-- 1970 UTC; JSON is text; what is compared or sorted goes by code points, as everywhere else.

CREATE TABLE rota_meta (
    name text PRIMARY KEY,
    value text NOT NULL
);

-- Numbers that only grow, also after rows were deleted. A fence is drawn while the run's row is
-- locked, so of two fences of one run the later is the greater.
CREATE SEQUENCE rota_run_id;
CREATE SEQUENCE rota_fence;
CREATE SEQUENCE rota_node_number;
CREATE SEQUENCE rota_event_id;

-- The clock that leases count by: the one that all nodes share.
CREATE FUNCTION rota_clock() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

CREATE TABLE rota_task (
    identifier text COLLATE "C" PRIMARY KEY,
    title text NOT NULL,
    source text NOT NULL,
    schema text NOT NULL,
    policies text NOT NULL,
    seen bigint NOT NULL
);

CREATE TABLE rota_schedule (
    name text COLLATE "C" PRIMARY KEY,
    task text COLLATE "C" NOT NULL,
    trigger text NOT NULL,
    title text NOT NULL,
    parameters text NOT NULL,
    policies text NOT NULL,
    enabled boolean NOT NULL,
    paused boolean NOT NULL,
    paused_at bigint,
    paused_until bigint,
    pause_reason text NOT NULL,
    origin text NOT NULL,
    edited text NOT NULL,
    created bigint NOT NULL,
    version bigint NOT NULL,
    next_due bigint,
    awaits_end boolean NOT NULL,
    decided_through bigint NOT NULL,
    last_run bigint,
    last_finished bigint,
    last_state text,
    last_result text,
    runs bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX rota_schedule_due ON rota_schedule (next_due, name)
    WHERE enabled AND NOT paused AND next_due IS NOT NULL;

CREATE INDEX rota_schedule_pause_end ON rota_schedule (paused_until)
    WHERE enabled AND paused AND paused_until IS NOT NULL AND next_due IS NOT NULL;

CREATE INDEX rota_schedule_awaiting ON rota_schedule (name) WHERE enabled AND awaits_end;

CREATE TABLE rota_run (
    id bigint PRIMARY KEY,
    task text COLLATE "C" NOT NULL,
    due bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    schedule text COLLATE "C",
    target text COLLATE "C" NOT NULL,
    reason text,
    attempt bigint NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    node text COLLATE "C",
    parameters text NOT NULL DEFAULT '{}',
    policies text NOT NULL DEFAULT '{}',
    priority bigint NOT NULL DEFAULT 0,
    room bigint,
    task_room bigint,
    idempotent boolean NOT NULL DEFAULT false,
    not_before bigint NOT NULL DEFAULT 0,
    created bigint NOT NULL,
    started bigint,
    finished bigint,
    result text,
    error text,
    progress double precision,
    message text NOT NULL DEFAULT '',
    cancelling text,
    abandoned boolean NOT NULL DEFAULT false,
    again_of bigint,
    asked_by text,
    due_last bigint,
    skips bigint NOT NULL DEFAULT 0,
    unusual text COLLATE "C" -- the final state, if it is another than succeeded
) WITH (
    fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);

-- No index of this table has a column that a run changes when it is taken or succeeds: so that a
-- run in a history of millions costs index entries once, when it is launched.

-- A slot has one decision, whatever anybody tries.
CREATE UNIQUE INDEX rota_run_slot ON rota_run (schedule, target, due) WHERE kind = 'slot';

CREATE INDEX rota_run_history ON rota_run (schedule, id);

CREATE INDEX rota_run_of_task ON rota_run (task, id);

-- What people look for among a million that succeeded.
CREATE INDEX rota_run_unusual ON rota_run (unusual, id) WHERE unusual IS NOT NULL;

CREATE INDEX rota_run_skip ON rota_run (schedule, due_last) WHERE due_last IS NOT NULL;

-- The open runs again, as small as can be: what nodes look at, many times a second. Whoever changes
-- both rows of a waiting run changes this one first.
CREATE TABLE rota_open (
    run bigint PRIMARY KEY,
    task text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    schedule text COLLATE "C",
    target text COLLATE "C" NOT NULL,
    node text COLLATE "C", -- where it runs; none: it waits
    rank bigint NOT NULL, -- the priority, the other way round
    due bigint NOT NULL,
    not_before bigint NOT NULL,
    room bigint,
    task_room bigint
) WITH (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.1
);

-- The queue, in the order in which it is taken.
CREATE INDEX rota_open_queue ON rota_open (rank, due, run) WHERE node IS NULL;

-- Of what waits too, but said in other words: a planner with old figures would take it for the
-- queue's, and sort all that waits.
CREATE INDEX rota_open_soonest ON rota_open (not_before) WHERE coalesce(node, '') = '';

CREATE INDEX rota_open_place ON rota_open (schedule, target);

CREATE INDEX rota_open_running ON rota_open (node, task) WHERE node IS NOT NULL;

CREATE TABLE rota_log (
    run bigint NOT NULL,
    number bigint NOT NULL,
    time bigint NOT NULL,
    level text NOT NULL,
    logger text NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (run, number)
);

CREATE TABLE rota_node (
    name text COLLATE "C" PRIMARY KEY,
    host text NOT NULL,
    pid bigint NOT NULL,
    version text NOT NULL,
    state text NOT NULL,
    roles text NOT NULL,
    labels text NOT NULL,
    tasks text NOT NULL,
    started bigint NOT NULL,
    seen bigint NOT NULL
);

-- A node that has a lease may act; who deletes it has recovered the node.
CREATE TABLE rota_lease (
    node text COLLATE "C" PRIMARY KEY,
    until bigint NOT NULL, -- by the database's clock
    seen bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE rota_event (
    id bigint PRIMARY KEY,
    time bigint NOT NULL,
    level text NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    schedule text COLLATE "C",
    run bigint,
    node text,
    asked_by text
);

CREATE INDEX rota_event_time ON rota_event (time, id);

CREATE INDEX rota_event_of_schedule ON rota_event (schedule, id) WHERE schedule IS NOT NULL;

CREATE INDEX rota_event_of_run ON rota_event (run, id) WHERE run IS NOT NULL;
