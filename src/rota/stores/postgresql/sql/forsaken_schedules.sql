-- Schedules before runs, as finish does.
SELECT 1 FROM rota_schedule
WHERE name = ANY (ARRAY(
    SELECT o.schedule FROM rota_open AS o
    WHERE o.node IS NULL AND (o.target LIKE 'node:%' OR o.target LIKE 'machine:%')
))
ORDER BY name
FOR UPDATE;
