WITH gone AS (
    DELETE FROM rota_open WHERE run = $1
)
UPDATE rota_run
SET fence = $2, state = $3, unusual = $3, reason = $4, finished = $5,
    attempt = greatest(attempt - $6::boolean::integer, 0)
WHERE id = $1;
