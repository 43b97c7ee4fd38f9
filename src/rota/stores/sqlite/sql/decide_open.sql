SELECT run.schedule, run.target, count(*)
FROM json_each(?1) AS wanted
JOIN rota_run AS run
    ON run.schedule = wanted.value AND run.state IN ('queued', 'running', 'retrying')
GROUP BY run.schedule, run.target;
