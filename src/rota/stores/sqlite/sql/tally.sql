-- How schedules stand is said in rules/standing.py; here it is said once more, for all at once.
-- Two answers of one pass: how many stand alike, and how many of each task the filters leave.
WITH busy AS (
    SELECT schedule, sum(state = 'running') AS running
    FROM rota_run INDEXED BY rota_run_open
    WHERE finished IS NULL AND due_last IS NULL
    GROUP BY schedule
),
stood AS (
    SELECT s.task, s.enabled, s.origin, coalesce(s.last_state, 'never') AS outcome,
        CASE
            WHEN ?2 IS NOT NULL AND s.task NOT IN (SELECT value FROM json_each(?2))
                THEN 'orphaned'
            WHEN busy.running > 0 THEN 'running'
            WHEN busy.running = 0 THEN 'queued'
            WHEN NOT s.enabled THEN 'disabled'
            WHEN s.paused AND (s.paused_until IS NULL OR s.paused_until > ?1) THEN 'paused'
            WHEN s.next_due < ?1 - 30000000 THEN 'late'
            WHEN s.next_due IS NOT NULL OR s.awaits_end OR s.trigger || ' ' GLOB 'manual *'
                THEN 'waiting'
            ELSE 'finished'
        END AS status
    FROM rota_schedule AS s
    LEFT JOIN busy ON busy.schedule = s.name
    WHERE ?3 = '%%' OR s.name LIKE ?3 ESCAPE '\' OR s.title LIKE ?3 ESCAPE '\'
        OR s.task LIKE ?3 ESCAPE '\'
),
alike AS (
    SELECT status, outcome, enabled, origin, task, count(*) AS many
    FROM stood
    GROUP BY status, outcome, enabled, origin, task
)
SELECT status, outcome, enabled, origin, NULL, sum(many) FROM alike
WHERE ?4 IS NULL OR task = ?4
GROUP BY status, outcome, enabled, origin
UNION ALL
SELECT * FROM (
    SELECT NULL, NULL, NULL, NULL, task, sum(many) FROM alike
    WHERE (?5 = '[]' OR status IN (SELECT value FROM json_each(?5)))
        AND (?6 = '[]' OR outcome IN (SELECT value FROM json_each(?6)))
        AND (?7 IS NULL OR enabled = ?7)
        AND (?8 IS NULL OR origin = ?8)
        AND (
            NOT ?9 OR status IN ('orphaned', 'late')
            OR (outcome IN ('failed', 'lost') AND status NOT IN ('disabled', 'paused'))
        )
    GROUP BY task
    ORDER BY sum(many) DESC, task
    LIMIT ?10
);
