-- A launch that never began becomes a skip of its one slot.
UPDATE rota_run
SET state = 'skipped', reason = ?2, result = ?3, error = ?4, attempt = max(attempt - ?5, 0),
    abandoned = ?6, started = NULL, due_last = due, skips = 1
WHERE id = ?1;
