-- The first of the queue that nobody else is taking.
SELECT run.id, run.schedule, run.target, run.task, run.kind, run.room, run.task_room,
    -run.priority, run.due
FROM rota_run AS run
WHERE run.state IN ('queued', 'retrying')
    AND run.task = ANY ($1::text[])
    AND run.not_before <= $2
ORDER BY (-run.priority), run.due, run.id
LIMIT $3
FOR UPDATE SKIP LOCKED;
