-- The schedules of an array of names, in its order, with their open runs counted.
SELECT s.name, s.task, s.trigger, s.title, s.parameters, s.policies, s.enabled, s.paused,
    s.paused_at, s.paused_until, s.pause_reason, s.origin, s.edited, s.created, s.version,
    s.next_due, s.awaits_end, s.decided_through, s.last_run, s.last_finished, s.last_state,
    s.last_result, s.runs, s.code, opened.running, opened.waiting
FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
JOIN rota_schedule AS s ON s.name = wanted.name
CROSS JOIN LATERAL (
    SELECT count(o.node) AS running, count(*) - count(o.node) AS waiting
    FROM rota_open AS o
    WHERE o.schedule = s.name
) AS opened
ORDER BY wanted.place;
