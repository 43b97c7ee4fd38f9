-- Those to be deleted, the oldest first: found span by span from the oldest on.
WITH RECURSIVE walk (span, id) AS (
    SELECT (SELECT min(id) >> 16 FROM rota_run) - 1, NULL
    UNION ALL
    SELECT walk.span + (walk.id IS NULL), (
        SELECT min(id) FROM rota_run INDEXED BY rota_run_history
        WHERE id >> 16 = walk.span + (walk.id IS NULL) AND schedule IS ?1
            AND id > coalesce(walk.id, -1) AND id < ?2
    )
    FROM walk
    WHERE walk.span <= ?2 >> 16
)
SELECT run.id FROM walk
CROSS JOIN rota_run AS run ON run.id = walk.id
WHERE (run.finished IS NOT NULL OR run.due_last IS NOT NULL)
    AND (run.id <= ?3 OR coalesce(run.finished, run.due_last, run.due) < ?4)
LIMIT ?5;
