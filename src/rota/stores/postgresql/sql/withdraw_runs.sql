-- Launches of a schedule that were taken ahead, or wait for their first attempt.
SELECT run.id, run.schedule, run.state, run.node, run.attempt, run.idempotent, run.not_before,
    run.started, run.cancelling, run.result, run.error
FROM rota_open AS o
JOIN rota_run AS run ON run.id = o.run
WHERE o.schedule = $1 AND o.kind = 'slot'
    AND CASE WHEN o.node IS NULL THEN run.attempt = 0 ELSE run.started > $2 END
ORDER BY run.id
FOR UPDATE OF run;
