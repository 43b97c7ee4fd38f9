SELECT next_due, name FROM rota_schedule
WHERE enabled = 1 AND paused = 0 AND next_due IS NOT NULL AND next_due <= ?1
ORDER BY next_due, name
LIMIT ?2;
