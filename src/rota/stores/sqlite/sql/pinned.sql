SELECT name FROM rota_schedule
WHERE enabled = 1 AND instr(policies, '"placement":"node:') > 0
ORDER BY name
LIMIT ?1;
