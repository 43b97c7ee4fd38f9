-- Where the schedules of a JSON list of names stand, and how many runs are open, of all targets
-- together.
SELECT s.name, s.task, s.enabled, s.paused, s.version, s.next_due, s.decided_through,
    (
        SELECT count(*) FROM rota_run AS run
        WHERE run.schedule = s.name AND run.finished IS NULL AND run.due_last IS NULL
    )
FROM json_each(?1) AS wanted
JOIN rota_schedule AS s ON s.name = wanted.value;
