-- The runs of a JSON list of ids. In no order: sorting whole rows costs more than reading them.
SELECT run.id, run.task, run.due, run.kind, run.state, run.schedule, run.target, run.reason,
    run.attempt, run.fence, run.node, run.parameters, run.policies, run.priority, run.room,
    run.task_room, run.idempotent, run.not_before, run.created, run.started, run.finished,
    run.result, run.error, run.progress, run.message, run.cancelling, run.abandoned,
    run.again_of, run.asked_by, run.due_last, run.skips
FROM json_each(?1) AS wanted
JOIN rota_run AS run ON run.id = wanted.value;
