UPDATE rota_run
SET state = ?2, reason = ?3, result = ?4, error = ?5, not_before = coalesce(?6, not_before),
    attempt = max(attempt - ?7, 0), started = ?8, cancelling = NULL
WHERE id = ?1;
