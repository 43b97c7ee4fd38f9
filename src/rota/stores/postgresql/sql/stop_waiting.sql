WITH gone AS (
    DELETE FROM rota_open WHERE run = ANY ($1::bigint[]) AND node IS NULL RETURNING run
)
UPDATE rota_run
SET state = 'cancelled', unusual = 'cancelled', reason = $2, finished = $3
FROM gone
WHERE id = gone.run
RETURNING schedule;
