-- Schedules before runs, and in one order for everybody, so that nobody waits in a circle.
SELECT name, last_run FROM rota_schedule
WHERE name = ANY (ARRAY(SELECT run.schedule FROM rota_run AS run WHERE run.id = ANY ($1::bigint[])))
ORDER BY name
FOR UPDATE;
