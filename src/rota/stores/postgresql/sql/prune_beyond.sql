-- The newest row of a schedule, or the newest that is one too many; found span by span from the
-- newest on (see latest_outcomes).
WITH RECURSIVE spans (span) AS (
    SELECT max(id) >> 16 FROM rota_run
    UNION ALL
    SELECT (SELECT max(id) >> 16 FROM rota_run WHERE id < spans.span << 16) FROM spans
    WHERE spans.span IS NOT NULL
)
SELECT run.id FROM spans
CROSS JOIN LATERAL (
    SELECT id FROM rota_run
    WHERE id >> 16 = spans.span AND (($1::text IS NULL AND schedule IS NULL) OR schedule = $1)
    ORDER BY id DESC
    LIMIT $2 + 1
) AS run
LIMIT 1 OFFSET $2;
