SELECT name FROM rota_schedule
WHERE enabled AND task = ANY ($1::text[])
ORDER BY name
LIMIT $2;
