-- A launch that never began becomes a skip of its one slot.
UPDATE rota_run
SET fence = ?2, state = 'skipped', reason = ?3, attempt = max(attempt - ?4, 0), started = NULL,
    due_last = due, skips = 1
WHERE id = ?1;
