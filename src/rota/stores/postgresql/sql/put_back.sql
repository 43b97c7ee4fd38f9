WITH back AS (
    UPDATE rota_open SET node = NULL, not_before = coalesce($4, not_before) WHERE run = $1
)
UPDATE rota_run
SET state = $2, fence = $3, not_before = coalesce($4, not_before),
    attempt = greatest(attempt - $5::boolean::integer, 0), cancelling = NULL
WHERE id = $1;
