-- Schedules before runs, as finish does.
SELECT 1 FROM rota_schedule
WHERE name = ANY (ARRAY(
    SELECT run.schedule FROM rota_run AS run
    WHERE run.state = 'running' AND run.node = ANY ($1::text[])
))
ORDER BY name
FOR UPDATE;
