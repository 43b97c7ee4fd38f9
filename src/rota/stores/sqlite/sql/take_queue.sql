SELECT id, schedule, target, task, room, task_room
FROM rota_run INDEXED BY rota_run_queue
WHERE state IN ('queued', 'retrying')
    AND task IN (SELECT value FROM json_each(?1))
    AND not_before <= ?2
ORDER BY priority DESC, due, id;
