UPDATE rota_run
SET state = ?2, reason = ?3, result = ?4, error = ?5, finished = ?6, abandoned = ?7,
    attempt = max(attempt - ?8, 0), started = ?9
WHERE id = ?1;
