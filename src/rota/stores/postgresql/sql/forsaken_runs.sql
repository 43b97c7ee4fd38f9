-- Waiting runs that are addressed to a node or a machine.
SELECT run.id, run.schedule, run.state, run.node, run.attempt, run.idempotent, run.not_before,
    run.started, run.cancelling, run.result, run.error, run.target, run.task
FROM rota_open AS o
JOIN rota_run AS run ON run.id = o.run
WHERE o.node IS NULL AND (o.target LIKE 'node:%' OR o.target LIKE 'machine:%')
ORDER BY o.run
FOR UPDATE OF o;
