SELECT run.id, run.fence, run.state, run.schedule, run.cancelling
FROM json_each(?1) AS wanted
JOIN rota_run AS run ON run.id = wanted.value;
