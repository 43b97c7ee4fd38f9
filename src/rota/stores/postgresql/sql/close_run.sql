UPDATE rota_run
SET fence = $2, state = $3, reason = $4, finished = $5,
    attempt = greatest(attempt - $6::boolean::integer, 0)
WHERE id = $1;
