SELECT name FROM rota_schedule
WHERE enabled = 1 AND task IN (SELECT value FROM json_each(?1))
ORDER BY name
LIMIT ?2;
