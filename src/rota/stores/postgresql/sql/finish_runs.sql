SELECT id, fence, state, schedule, cancelling, started FROM rota_run
WHERE id = ANY ($1::bigint[])
ORDER BY id
FOR UPDATE;
