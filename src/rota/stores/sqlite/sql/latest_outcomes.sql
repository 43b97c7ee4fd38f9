-- The last ?2 runs of each schedule of a JSON list of names, found span by span from the newest on:
-- each step takes the next run of a span, or where there is none goes on to the span before.
WITH RECURSIVE walk (key, schedule, wanted, span, id) AS (
    SELECT key, value, ?2, (SELECT max(id) >> 16 FROM rota_run) + 1, NULL FROM json_each(?1)
    UNION ALL
    SELECT walk.key, walk.schedule, walk.wanted - (walk.id IS NOT NULL),
        walk.span - (walk.id IS NULL), (
            SELECT max(id) FROM rota_run INDEXED BY rota_run_history
            WHERE id >> 16 = walk.span - (walk.id IS NULL) AND schedule = walk.schedule
                AND id < coalesce(walk.id, 9223372036854775807)
        )
    FROM walk
    WHERE walk.wanted > (walk.id IS NOT NULL)
        AND walk.span >= (SELECT min(id) >> 16 FROM rota_run)
)
SELECT run.id, run.schedule, run.task, run.kind, run.state, run.due, run.started, run.finished,
    run.due_last, run.skips, run.reason, run.node
FROM walk
JOIN rota_run AS run ON run.id = walk.id
ORDER BY walk.key, run.id DESC;
