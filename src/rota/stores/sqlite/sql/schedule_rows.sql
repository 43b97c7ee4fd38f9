-- The schedules of a JSON list of names, in its order, with their open runs counted.
SELECT s.name, s.task, s.trigger, s.title, s.parameters, s.policies, s.enabled, s.paused,
    s.paused_at, s.paused_until, s.pause_reason, s.origin, s.edited, s.created, s.version,
    s.next_due, s.awaits_end, s.decided_through, s.last_run, s.last_finished, s.last_state,
    s.last_result, s.runs, s.code,
    (
        SELECT count(*) FROM rota_run AS run
        WHERE run.schedule = s.name AND run.finished IS NULL AND run.due_last IS NULL
            AND run.state = 'running'
    ),
    (
        SELECT count(*) FROM rota_run AS run
        WHERE run.schedule = s.name AND run.finished IS NULL AND run.due_last IS NULL
            AND run.state <> 'running'
    )
FROM json_each(?1) AS wanted
JOIN rota_schedule AS s ON s.name = wanted.value
ORDER BY wanted.key;
