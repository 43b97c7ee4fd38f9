SELECT next_due, name FROM rota_schedule
WHERE enabled = 1 AND paused = 1 AND paused_until IS NOT NULL AND paused_until <= ?1
    AND next_due IS NOT NULL AND next_due <= ?1
    AND (?3 IS NULL OR task IN (SELECT value FROM json_each(?3)))
ORDER BY next_due, name
LIMIT ?2;
