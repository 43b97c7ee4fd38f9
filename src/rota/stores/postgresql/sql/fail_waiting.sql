WITH gone AS (
    DELETE FROM rota_open USING unnest($1::bigint[], $2::text[]) AS given (run, error)
    WHERE rota_open.run = given.run AND node IS NULL
    RETURNING rota_open.run, given.error
)
UPDATE rota_run
SET state = 'failed', unusual = 'failed', reason = $3, result = NULL, error = gone.error,
    finished = $4
FROM gone
WHERE id = gone.run
RETURNING id, schedule, gone.error;
