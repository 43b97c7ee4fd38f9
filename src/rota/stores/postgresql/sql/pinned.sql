SELECT name FROM rota_schedule
WHERE enabled AND strpos(policies, '"placement":"node:') > 0
ORDER BY name
LIMIT $1;
