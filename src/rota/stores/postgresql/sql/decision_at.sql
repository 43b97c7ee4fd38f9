SELECT id FROM rota_run
WHERE schedule = $1 AND due = $2 AND kind = 'slot'
ORDER BY state = 'skipped', id
LIMIT 1;
