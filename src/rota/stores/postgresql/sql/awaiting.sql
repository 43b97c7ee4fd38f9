SELECT name FROM rota_schedule
WHERE enabled AND awaits_end
    AND NOT EXISTS (SELECT 1 FROM rota_open AS o WHERE o.schedule = rota_schedule.name)
ORDER BY name
LIMIT $1;
