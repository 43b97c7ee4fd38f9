UPDATE rota_run SET state = 'cancelled', reason = $2, finished = $3
WHERE id = ANY ($1::bigint[]) AND state IN ('queued', 'retrying')
RETURNING schedule;
