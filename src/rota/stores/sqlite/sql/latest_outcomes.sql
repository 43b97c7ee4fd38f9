SELECT run.id, run.schedule, run.task, run.kind, run.state, run.due, run.started, run.finished,
    run.due_last, run.skips, run.reason, run.node
FROM json_each(?1) AS wanted
JOIN rota_run AS run ON run.id IN (
    SELECT id FROM rota_run INDEXED BY rota_run_history
    WHERE schedule = wanted.value
    ORDER BY id DESC
    LIMIT ?2
)
ORDER BY wanted.key, run.id DESC;
