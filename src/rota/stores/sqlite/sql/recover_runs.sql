SELECT run.id, run.schedule, run.state, run.node, run.attempt, run.idempotent, run.not_before,
    run.started, run.cancelling, run.result, run.error
FROM json_each(?1) AS gone
JOIN rota_run AS run ON run.node = gone.value AND run.state = 'running'
ORDER BY run.id;
