-- Waiting runs of registered tasks that are not in an array.
SELECT o.run FROM rota_task AS task
JOIN rota_open AS o ON o.task = task.identifier AND o.node IS NULL
WHERE task.identifier <> ALL ($1::text[])
ORDER BY o.run
LIMIT $2;
