WITH going AS MATERIALIZED (
    SELECT id FROM rota_run
    WHERE (($1::text IS NULL AND schedule IS NULL) OR schedule = $1)
        AND id < $2
        AND (finished IS NOT NULL OR due_last IS NOT NULL)
        AND (id <= $3 OR coalesce(finished, due_last, due) < $4)
    ORDER BY id
    LIMIT $5
    FOR UPDATE SKIP LOCKED
),
lines AS (
    DELETE FROM rota_log USING going WHERE rota_log.run = going.id
)
DELETE FROM rota_run USING going WHERE rota_run.id = going.id;
