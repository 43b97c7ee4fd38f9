-- As finish_runs: those that nobody else holds.
SELECT id, fence, state, schedule, cancelling, started FROM rota_run
WHERE id = ANY ($1::bigint[])
ORDER BY id
FOR UPDATE SKIP LOCKED;
