-- Schedules before runs, as finish does; those that are free.
SELECT name FROM rota_schedule
WHERE name = ANY (ARRAY(SELECT o.schedule FROM rota_open AS o WHERE o.node = ANY ($1::text[])))
ORDER BY name
FOR UPDATE SKIP LOCKED;
