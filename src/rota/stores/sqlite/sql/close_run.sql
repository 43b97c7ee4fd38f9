UPDATE rota_run
SET fence = ?2, state = ?3, reason = ?4, finished = ?5, attempt = max(attempt - ?6, 0)
WHERE id = ?1;
