-- As finish_schedules: those that nobody else holds.
SELECT name, last_run FROM rota_schedule
WHERE name = ANY (ARRAY(SELECT run.schedule FROM rota_run AS run WHERE run.id = ANY ($1::bigint[])))
ORDER BY name
FOR UPDATE SKIP LOCKED;
