-- A launch that never began becomes a skip of its one slot.
WITH gone AS (
    DELETE FROM rota_open WHERE run = $1
)
UPDATE rota_run
SET fence = $2, state = 'skipped', unusual = 'skipped', reason = $3,
    attempt = greatest(attempt - $4::boolean::integer, 0), started = NULL, due_last = due,
    skips = 1
WHERE id = $1;
