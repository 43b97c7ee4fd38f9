-- Launches and skips of a batch, numbered in its order. Launches that are running already are taken
-- by the node $21, and get their fence here: nobody else can see their rows before the commit.
WITH added AS (
    INSERT INTO rota_run (
        id, task, due, kind, state, schedule, target, reason, parameters, policies, priority,
        room, task_room, idempotent, not_before, created, again_of, asked_by, due_last, skips,
        started, unusual, node, fence, attempt
    )
    SELECT nextval('rota_run_id'), given.*,
        CASE WHEN given.due_last IS NOT NULL THEN given.state END,
        CASE WHEN given.state = 'running' THEN $21::text END,
        CASE WHEN given.state = 'running' THEN nextval('rota_fence') ELSE 0 END,
        CASE WHEN given.state = 'running' THEN 1 ELSE 0 END
    FROM unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::boolean[],
        $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::bigint[], $19::bigint[],
        $20::bigint[]
    ) AS given (
        task, due, kind, state, schedule, target, reason, parameters, policies, priority, room,
        task_room, idempotent, not_before, created, again_of, asked_by, due_last, skips,
        started
    )
    ON CONFLICT (schedule, target, due) WHERE kind = 'slot' DO NOTHING
    RETURNING id, task, kind, state, schedule, target, priority, due, not_before, room, task_room,
        node, fence
),
opened AS (
    INSERT INTO rota_open (
        run, task, kind, schedule, target, rank, due, not_before, room, task_room, node
    )
    SELECT id, task, kind, schedule, target, -priority, due, not_before, room, task_room, node
    FROM added
    WHERE state <> 'skipped'
)
SELECT id, fence FROM added ORDER BY id;
