-- The queue after a place in it, without what is held back already.
SELECT run.id, run.schedule, run.target, run.task, run.kind, run.room, run.task_room,
    -run.priority, run.due
FROM rota_run AS run
WHERE run.state IN ('queued', 'retrying')
    AND run.task = ANY ($1::text[])
    AND run.not_before <= $2
    AND ((-run.priority), run.due, run.id) > ($4, $5, $6)
    AND (
        run.room IS NULL OR run.schedule IS NULL
        OR run.room > (
            SELECT count(*) FROM rota_run AS other
            WHERE other.schedule = run.schedule AND other.target = run.target
                AND other.finished IS NULL AND other.due_last IS NULL AND other.state = 'running'
        )
    )
    AND (
        run.task_room IS NULL
        OR run.task_room > (
            SELECT count(*) FROM rota_run AS other
            WHERE other.task = run.task AND other.state = 'running'
        )
    )
    AND (
        run.kind <> 'slot' OR NOT EXISTS (
            SELECT 1 FROM rota_schedule AS s
            WHERE s.name = run.schedule AND (s.paused OR NOT s.enabled)
        )
    )
ORDER BY (-run.priority), run.due, run.id
LIMIT $3
FOR UPDATE SKIP LOCKED;
