-- Each gets its fence while its row is locked, in the order of the array.
WITH chosen AS MATERIALIZED (
    SELECT id, nextval('rota_fence') AS fence FROM unnest($1::bigint[]) AS id
),
placed AS (
    UPDATE rota_open SET node = $2 FROM chosen WHERE run = chosen.id
)
UPDATE rota_run AS run
SET state = 'running', node = $2, fence = chosen.fence, attempt = run.attempt + 1,
    started = greatest($3, run.not_before), reason = NULL, result = NULL,
    error = NULL, progress = NULL, message = ''
FROM chosen
WHERE run.id = chosen.id
RETURNING run.id, run.task, run.due, run.kind, run.state, run.schedule, run.target, run.reason,
    run.attempt, run.fence, run.node, run.parameters, run.policies, run.priority, run.room,
    run.task_room, run.idempotent, run.not_before, run.created, run.started, run.finished,
    run.result, run.error, run.progress, run.message, run.cancelling, run.abandoned,
    run.again_of, run.asked_by, run.due_last, run.skips;
