-- Waiting runs that are addressed to a node or a machine.
SELECT id, schedule, state, node, attempt, idempotent, not_before, started, cancelling, result,
    error, target, task
FROM rota_run INDEXED BY rota_run_queue
WHERE state IN ('queued', 'retrying') AND (target GLOB 'node:*' OR target GLOB 'machine:*')
ORDER BY id;
