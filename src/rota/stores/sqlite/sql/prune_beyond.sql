-- The newest row of a schedule, or the newest that is one too many; found span by span from the
-- newest on (see latest_outcomes).
WITH RECURSIVE walk (span, id) AS (
    SELECT (SELECT max(id) >> 16 FROM rota_run) + 1, NULL
    UNION ALL
    SELECT walk.span - (walk.id IS NULL), (
        SELECT max(id) FROM rota_run INDEXED BY rota_run_history
        WHERE id >> 16 = walk.span - (walk.id IS NULL) AND schedule IS ?1
            AND id < coalesce(walk.id, 9223372036854775807)
    )
    FROM walk
    WHERE walk.span >= (SELECT min(id) >> 16 FROM rota_run)
)
SELECT id FROM walk WHERE id IS NOT NULL LIMIT 1 OFFSET ?2;
