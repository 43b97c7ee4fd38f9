-- The oldest first: found span by span from the oldest on.
WITH RECURSIVE spans (span) AS (
    SELECT min(id) >> 16 FROM rota_run
    UNION ALL
    SELECT (SELECT min(id) >> 16 FROM rota_run WHERE id >= (spans.span + 1) << 16) FROM spans
    WHERE spans.span < $2 >> 16
),
going AS MATERIALIZED (
    SELECT run.id FROM spans
    CROSS JOIN LATERAL (
        SELECT id FROM rota_run
        WHERE id >> 16 = spans.span AND (($1::text IS NULL AND schedule IS NULL) OR schedule = $1)
            AND id < $2
            AND (finished IS NOT NULL OR due_last IS NOT NULL)
            AND (id <= $3 OR coalesce(finished, due_last, due) < $4)
        ORDER BY id
        LIMIT $5
        FOR UPDATE SKIP LOCKED
    ) AS run
    LIMIT $5
),
lines AS (
    DELETE FROM rota_log USING going WHERE rota_log.run = going.id
)
DELETE FROM rota_run USING going WHERE rota_run.id = going.id;
