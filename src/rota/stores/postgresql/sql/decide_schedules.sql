-- Lock the schedules, in one order for everybody, so that nobody waits in a circle.
SELECT name, task, enabled, paused, version, next_due, decided_through FROM rota_schedule
WHERE name = ANY ($1::text[])
ORDER BY name
FOR UPDATE;
