-- Found span by span from the newest on (see latest_outcomes).
WITH RECURSIVE walk (span, id) AS (
    SELECT (min(?2 - 1, (SELECT max(id) FROM rota_run)) >> 16) + 1, NULL
    UNION ALL
    SELECT walk.span - (walk.id IS NULL), (
        SELECT max(id) FROM rota_run INDEXED BY rota_run_history
        WHERE id >> 16 = walk.span - (walk.id IS NULL) AND schedule = ?1
            AND id < coalesce(walk.id, ?2)
    )
    FROM walk
    WHERE walk.span >= (SELECT min(id) >> 16 FROM rota_run)
)
SELECT run.id FROM walk
CROSS JOIN rota_run AS run ON run.id = walk.id
WHERE run.started IS NOT NULL AND run.finished IS NOT NULL
LIMIT 1;
