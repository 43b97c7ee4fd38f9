UPDATE rota_run
SET state = 'running', node = ?2, fence = ?3, attempt = attempt + 1, started = ?4,
    reason = NULL, result = NULL, error = NULL, progress = NULL, message = ''
WHERE id = ?1;
