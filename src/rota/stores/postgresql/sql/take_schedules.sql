-- The schedules that nobody else decides, takes from or edits just now, and whether each
-- is stopped.
SELECT name, paused OR NOT enabled FROM rota_schedule
WHERE name = ANY ($1::text[])
FOR UPDATE SKIP LOCKED;
