-- Found span by span from the newest on (see latest_outcomes).
WITH RECURSIVE spans (span) AS (
    SELECT max(id) >> 16 FROM rota_run WHERE id < $2
    UNION ALL
    SELECT (SELECT max(id) >> 16 FROM rota_run WHERE id < spans.span << 16) FROM spans
    WHERE spans.span IS NOT NULL
)
SELECT run.id FROM spans
CROSS JOIN LATERAL (
    SELECT id FROM rota_run
    WHERE id >> 16 = spans.span AND schedule = $1 AND id < $2
        AND started IS NOT NULL AND finished IS NOT NULL
    ORDER BY id DESC
    LIMIT 1
) AS run
LIMIT 1;
