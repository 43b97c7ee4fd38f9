SELECT run.id, run.schedule, run.task, run.kind, run.state, run.due, run.started, run.finished,
    run.due_last, run.skips, run.reason, run.node
FROM rota_run AS run
WHERE run.id >= ?1 AND run.id < ?2
ORDER BY run.id DESC
LIMIT ?3;
