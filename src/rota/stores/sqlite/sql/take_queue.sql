SELECT run.id, run.schedule, run.target, run.task, run.room, run.task_room, run.not_before
FROM rota_run AS run INDEXED BY rota_run_queue
WHERE run.state IN ('queued', 'retrying')
    AND run.task IN (SELECT value FROM json_each(?1))
    AND run.not_before <= ?2
    AND (
        run.kind <> 'slot' OR NOT EXISTS (
            SELECT 1 FROM rota_schedule AS held
            WHERE held.name = run.schedule AND (held.paused = 1 OR held.enabled = 0)
        )
    )
ORDER BY run.priority DESC, run.due, run.id;
