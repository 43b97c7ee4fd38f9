SELECT id FROM rota_run
WHERE schedule = $1 AND id < $2 AND started IS NOT NULL AND finished IS NOT NULL
ORDER BY id DESC
LIMIT 1;
