-- How schedules stand is said in rules/standing.py; here it is said once more, for all at once.
WITH busy AS (
    SELECT schedule, count(node) AS running FROM rota_open GROUP BY schedule
),
stood AS (
    SELECT s.name, s.task, s.enabled, s.origin, s.next_due, s.last_run, s.runs, s.paused_until,
        coalesce(s.last_state, 'never') COLLATE "C" AS outcome,
        lower(coalesce(nullif(s.title, ''), nullif(t.title, ''), s.name) COLLATE "C") AS title,
        s.paused AND (s.paused_until IS NULL OR s.paused_until > $1) AS paused,
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
    LEFT JOIN rota_task AS t ON t.identifier = s.task
    LEFT JOIN busy ON busy.schedule = s.name
    WHERE ($4::text IS NULL OR s.task = $4)
        AND (
            $3 = '%'
            OR lower(s.name COLLATE "C") LIKE $3
            OR lower(s.title COLLATE "C") LIKE $3
            OR lower(s.task COLLATE "C") LIKE $3
        )
),
judged AS (
    SELECT *,
        status IN ('orphaned', 'late')
            OR (outcome IN ('failed', 'lost') AND status NOT IN ('disabled', 'paused'))
            AS troubled
    FROM stood
),
placed AS (
    SELECT name, title,
        CASE $10
            WHEN 'next' THEN CASE
                WHEN NOT enabled OR next_due IS NULL OR (paused AND paused_until IS NULL)
                    THEN 4611686018427387904
                WHEN paused THEN greatest(next_due, paused_until)
                ELSE next_due
            END
            WHEN 'last' THEN -coalesce(last_run, 0)
            WHEN 'runs' THEN -runs
            WHEN 'status' THEN 2 * CASE status
                WHEN 'orphaned' THEN 0 WHEN 'late' THEN 1 WHEN 'running' THEN 2
                WHEN 'queued' THEN 3 WHEN 'waiting' THEN 4 WHEN 'paused' THEN 5
                WHEN 'disabled' THEN 6 ELSE 7
            END - CASE WHEN troubled THEN 5 ELSE 0 END
            ELSE 0
        END AS place
    FROM judged
    WHERE ($5::text[] = '{}' OR status = ANY ($5))
        AND ($6::text[] = '{}' OR outcome = ANY ($6))
        AND ($7::boolean IS NULL OR enabled = $7)
        AND ($8::text IS NULL OR origin = $8)
        AND (NOT $9::boolean OR troubled)
)
SELECT name, place, title FROM placed
WHERE $11::bigint IS NULL OR (place, title, name) > ($11, $12, $13)
ORDER BY place, title, name
LIMIT $14;
