-- Found span by span from the newest on (see latest_outcomes), as far as the limit needs it.
WITH RECURSIVE walk (span, id) AS (
    SELECT (min(?1 - 1, (SELECT max(id) FROM rota_run)) >> 16) + 1, NULL
    UNION ALL
    SELECT walk.span - (walk.id IS NULL), (
        SELECT max(id) FROM rota_run INDEXED BY rota_run_history
        WHERE id >> 16 = walk.span - (walk.id IS NULL) AND schedule = ?5
            AND id < coalesce(walk.id, ?1)
    )
    FROM walk
    WHERE walk.span >= (SELECT min(id) >> 16 FROM rota_run)
)
SELECT run.id FROM walk
CROSS JOIN rota_run AS run ON run.id = walk.id
WHERE (?2 IS NULL OR run.task = ?2)
    AND (?3 = '[]' OR run.state IN (SELECT value FROM json_each(?3)))
    AND (?4 = '[]' OR run.kind IN (SELECT value FROM json_each(?4)))
LIMIT ?6;
