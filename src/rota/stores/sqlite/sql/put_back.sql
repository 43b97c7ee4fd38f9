UPDATE rota_run
SET state = ?2, fence = ?3, not_before = coalesce(?4, not_before),
    attempt = max(attempt - ?5, 0), cancelling = NULL
WHERE id = ?1;
