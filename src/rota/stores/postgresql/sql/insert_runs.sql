-- Launches and skips of a batch, numbered in its order.
WITH added AS (
    INSERT INTO rota_run (
        id, task, due, kind, state, schedule, target, reason, parameters, policies, priority,
        room, task_room, idempotent, not_before, created, again_of, asked_by, due_last, skips,
        unusual
    )
    SELECT nextval('rota_run_id'), given.*, nullif(given.state, 'queued')
    FROM unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::boolean[],
        $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::bigint[], $19::bigint[]
    ) AS given (
        task, due, kind, state, schedule, target, reason, parameters, policies, priority, room,
        task_room, idempotent, not_before, created, again_of, asked_by, due_last, skips
    )
    ON CONFLICT (schedule, target, due) WHERE kind = 'slot' DO NOTHING
    RETURNING id, task, kind, state, schedule, target, priority, due, not_before, room, task_room
),
opened AS (
    INSERT INTO rota_open (
        run, task, kind, schedule, target, rank, due, not_before, room, task_room
    )
    SELECT id, task, kind, schedule, target, -priority, due, not_before, room, task_room
    FROM added
    WHERE state = 'queued'
)
SELECT id FROM added ORDER BY id;
