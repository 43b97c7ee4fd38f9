SELECT id, cancelling FROM rota_run
WHERE state = 'running' AND node = ?1 AND cancelling IS NOT NULL
ORDER BY id;
