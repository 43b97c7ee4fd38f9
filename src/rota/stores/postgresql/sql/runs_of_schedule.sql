-- The same for one schedule, found span by span from the newest on (see latest_outcomes).
WITH RECURSIVE spans (span) AS (
    SELECT max(id) >> 16 FROM rota_run WHERE id < $1
    UNION ALL
    SELECT (SELECT max(id) >> 16 FROM rota_run WHERE id < spans.span << 16) FROM spans
    WHERE spans.span IS NOT NULL
)
SELECT run.id FROM spans
CROSS JOIN LATERAL (
    SELECT id FROM rota_run
    WHERE id >> 16 = spans.span AND schedule = $5 AND id < $1
        AND ($2::text IS NULL OR task = $2)
        AND ($3::text[] = '{}' OR state = ANY ($3))
        AND ($4::text[] = '{}' OR kind = ANY ($4))
    ORDER BY id DESC
    LIMIT $6
) AS run
LIMIT $6;
