-- Waiting runs of registered tasks that are not in a JSON list: task by task (CROSS JOIN keeps that
-- order), by the index of waiting runs, never through all of history in the order of ids.
SELECT run.id FROM rota_task AS task
CROSS JOIN rota_run AS run ON run.task = task.identifier AND run.state IN ('queued', 'retrying')
WHERE task.identifier NOT IN (SELECT value FROM json_each(?1))
ORDER BY +run.id  -- not by the primary key: that would read every run there ever was
LIMIT ?2;
