UPDATE rota_schedule
SET paused = 0, paused_at = NULL, paused_until = NULL, pause_reason = '', version = version + 1
WHERE name = ?1 AND paused = 1;
