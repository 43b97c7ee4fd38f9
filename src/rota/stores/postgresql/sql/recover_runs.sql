SELECT id, schedule, state, node, attempt, idempotent, not_before, started, cancelling, result, error
FROM rota_run
WHERE state = 'running' AND node = ANY ($1::text[])
ORDER BY id
FOR UPDATE;
