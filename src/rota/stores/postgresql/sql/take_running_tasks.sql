SELECT task, count(*) FROM rota_run
WHERE task = ANY ($1::text[]) AND state = 'running'
GROUP BY task;
