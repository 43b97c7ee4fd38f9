-- The start of a run that never came is the schedule's latest no longer; the one before it is found
-- span by span (see latest_outcomes).
WITH RECURSIVE walk (span, id) AS (
    SELECT (SELECT max(id) >> 16 FROM rota_run) + 1, NULL
    UNION ALL
    SELECT walk.span - (walk.id IS NULL), (
        SELECT max(id) FROM rota_run INDEXED BY rota_run_history
        WHERE id >> 16 = walk.span - (walk.id IS NULL) AND schedule = ?1
            AND id < coalesce(walk.id, 9223372036854775807)
    )
    FROM walk
    WHERE walk.span >= (SELECT min(id) >> 16 FROM rota_run)
)
UPDATE rota_schedule
SET last_run = (
    SELECT run.started FROM walk
    CROSS JOIN rota_run AS run ON run.id = walk.id
    WHERE run.id <> ?2 AND run.started IS NOT NULL
    LIMIT 1
)
WHERE name = ?1 AND last_run = (SELECT run.started FROM rota_run AS run WHERE run.id = ?2);
