-- The newest row that is one too many.
SELECT id FROM rota_run WHERE ($1::text IS NULL AND schedule IS NULL) OR schedule = $1
ORDER BY id DESC
LIMIT 1 OFFSET $2;
