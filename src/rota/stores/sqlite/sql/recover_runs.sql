SELECT run.id, run.idempotent, run.cancelling, run.schedule, run.result, run.error
FROM json_each(?1) AS gone
JOIN rota_run AS run ON run.node = gone.value AND run.state = 'running'
ORDER BY run.id;
