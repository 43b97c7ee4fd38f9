-- Of the schedules that are locked ($2), and of those that are gone.
SELECT run.id, run.schedule, run.state, run.node, run.attempt, run.idempotent, run.not_before,
    run.started, run.cancelling, run.result, run.error
FROM rota_open AS o
JOIN rota_run AS run ON run.id = o.run
WHERE o.node = ANY ($1::text[])
    AND (
        o.schedule IS NULL OR o.schedule = ANY ($2::text[])
        OR NOT EXISTS (SELECT 1 FROM rota_schedule AS s WHERE s.name = o.schedule)
    )
ORDER BY run.id
FOR UPDATE OF run, o SKIP LOCKED;
