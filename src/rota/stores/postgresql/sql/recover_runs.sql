SELECT run.id, run.schedule, run.state, run.node, run.attempt, run.idempotent, run.not_before,
    run.started, run.cancelling, run.result, run.error
FROM rota_open AS o
JOIN rota_run AS run ON run.id = o.run
WHERE o.node = ANY ($1::text[])
ORDER BY run.id
FOR UPDATE OF run;
