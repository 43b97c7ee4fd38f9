SELECT id, fence, cancelling FROM rota_run
WHERE state = 'running' AND node = ?1
ORDER BY id;
