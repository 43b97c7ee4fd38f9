-- The start of a run that never came is the schedule's latest no longer; the one before it is found
-- span by span (see latest_outcomes).
WITH RECURSIVE spans (span) AS (
    SELECT max(id) >> 16 FROM rota_run
    UNION ALL
    SELECT (SELECT max(id) >> 16 FROM rota_run WHERE id < spans.span << 16) FROM spans
    WHERE spans.span IS NOT NULL
)
UPDATE rota_schedule
SET last_run = (
    SELECT run.started FROM spans
    CROSS JOIN LATERAL (
        SELECT started FROM rota_run
        WHERE id >> 16 = spans.span AND schedule = $1 AND id <> $2 AND started IS NOT NULL
        ORDER BY id DESC
        LIMIT 1
    ) AS run
    LIMIT 1
)
WHERE name = $1 AND last_run = (SELECT run.started FROM rota_run AS run WHERE run.id = $2);
