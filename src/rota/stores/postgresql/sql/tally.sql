-- How schedules stand is said in rules/standing.py; here it is said once more, for all at once.
-- Two answers of one pass: how many stand alike, and how many of each task the filters leave.
WITH busy AS (
    SELECT schedule, count(node) AS running FROM rota_open GROUP BY schedule
),
stood AS (
    SELECT s.task, s.enabled, s.origin COLLATE "C" AS origin,
        coalesce(s.last_state, 'never') COLLATE "C" AS outcome,
        CASE
            WHEN $2::text[] IS NOT NULL AND s.task <> ALL ($2) THEN 'orphaned'
            WHEN busy.running > 0 THEN 'running'
            WHEN busy.running = 0 THEN 'queued'
            WHEN NOT s.enabled THEN 'disabled'
            WHEN s.paused AND (s.paused_until IS NULL OR s.paused_until > $1) THEN 'paused'
            WHEN s.next_due < $1 - 30000000 THEN 'late'
            WHEN s.next_due IS NOT NULL OR s.awaits_end OR s.trigger || ' ' LIKE 'manual %'
                THEN 'waiting'
            ELSE 'finished'
        END COLLATE "C" AS status
    FROM rota_schedule AS s
    LEFT JOIN busy ON busy.schedule = s.name
    WHERE $3 = '%'
        OR lower(s.name COLLATE "C") LIKE $3
        OR lower(s.title COLLATE "C") LIKE $3
        OR lower(s.task COLLATE "C") LIKE $3
),
alike AS (
    SELECT status, outcome, enabled, origin, task, count(*) AS many
    FROM stood
    GROUP BY status, outcome, enabled, origin, task
)
SELECT status, outcome, enabled, origin, NULL AS task, sum(many)::bigint FROM alike
WHERE $4::text IS NULL OR task = $4
GROUP BY status, outcome, enabled, origin
UNION ALL
(
    SELECT NULL, NULL, NULL, NULL, task, sum(many)::bigint FROM alike
    WHERE ($5::text[] = '{}' OR status = ANY ($5))
        AND ($6::text[] = '{}' OR outcome = ANY ($6))
        AND ($7::boolean IS NULL OR enabled = $7)
        AND ($8::text IS NULL OR origin = $8)
        AND (
            NOT $9::boolean OR status IN ('orphaned', 'late')
            OR (outcome IN ('failed', 'lost') AND status NOT IN ('disabled', 'paused'))
        )
    GROUP BY task
    ORDER BY sum(many) DESC, task
    LIMIT $10
);
