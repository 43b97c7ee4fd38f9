-- Launches of a schedule that were taken ahead, or wait for their first attempt.
SELECT id, schedule, state, node, attempt, idempotent, not_before, started, cancelling, result, error
FROM rota_run
WHERE schedule = $1 AND finished IS NULL AND due_last IS NULL AND kind = 'slot'
    AND CASE state WHEN 'running' THEN started > $2 ELSE attempt = 0 END
ORDER BY id
FOR UPDATE;
