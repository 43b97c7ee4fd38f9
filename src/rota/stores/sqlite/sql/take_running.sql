SELECT schedule, target, task, count(*) FROM rota_run
WHERE state = 'running'
GROUP BY schedule, target, task;
