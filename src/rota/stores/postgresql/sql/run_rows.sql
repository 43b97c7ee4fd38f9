-- The runs of an array of ids, in its order.
SELECT run.id, run.task, run.due, run.kind, run.state, run.schedule, run.target, run.reason,
    run.attempt, run.fence, run.node, run.parameters, run.policies, run.priority, run.room,
    run.task_room, run.idempotent, run.not_before, run.created, run.started, run.finished,
    run.result, run.error, run.progress, run.message, run.cancelling, run.abandoned,
    run.again_of, run.asked_by, run.due_last, run.skips
FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (id, place)
JOIN rota_run AS run ON run.id = wanted.id
ORDER BY wanted.place;
