INSERT OR IGNORE INTO rota_log (run, number, time, level, logger, text)
SELECT ?1, ?2, ?3, ?4, ?5, ?6
WHERE EXISTS (SELECT 1 FROM rota_run WHERE id = ?1);
