-- Launches and skips of a batch, numbered in its order.
INSERT INTO rota_run (
    id, task, due, kind, state, schedule, target, reason, parameters, policies, priority, room,
    task_room, idempotent, not_before, created, again_of, asked_by, due_last, skips
)
SELECT nextval('rota_run_id'), given.* FROM unnest(
    $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::boolean[],
    $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::bigint[], $19::bigint[]
) AS given
ON CONFLICT (schedule, target, due) WHERE kind = 'slot' DO NOTHING
RETURNING id;
