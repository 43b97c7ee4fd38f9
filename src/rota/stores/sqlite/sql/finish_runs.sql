SELECT run.id, run.fence, run.state, run.schedule, run.cancelling, run.started, held.last_run
FROM json_each(?1) AS wanted
JOIN rota_run AS run ON run.id = wanted.value
LEFT JOIN rota_schedule AS held ON held.name = run.schedule;
