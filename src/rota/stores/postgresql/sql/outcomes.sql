-- Runs that were made from one instant ($1) to before another ($2), newest first. Ids grow with
-- time, so each end is found by halving them: an index by time would cost every launch.
WITH RECURSIVE halves (instant, low, high) AS (
    SELECT ends.instant, 0::bigint, (SELECT coalesce(max(id), 0) FROM rota_run) + 1
    FROM (VALUES ($1::bigint), ($2::bigint)) AS ends (instant)
    UNION ALL
    SELECT half.instant,
        CASE WHEN run.created < half.instant THEN run.id + 1 ELSE half.low END,
        CASE WHEN run.created < half.instant THEN half.high ELSE (half.low + half.high) / 2 END
    FROM halves AS half
    LEFT JOIN LATERAL (
        SELECT id, created FROM rota_run
        WHERE id >= (half.low + half.high) / 2
        ORDER BY id
        LIMIT 1
    ) AS run ON true
    WHERE half.low < half.high
)
SELECT run.id, run.schedule, run.task, run.kind, run.state, run.due, run.started, run.finished,
    run.due_last, run.skips, run.reason, run.node
FROM rota_run AS run
WHERE run.id >= (SELECT max(low) FROM halves WHERE instant = $1)
    AND run.id < (SELECT max(low) FROM halves WHERE instant = $2)
ORDER BY run.id DESC
LIMIT $3;
