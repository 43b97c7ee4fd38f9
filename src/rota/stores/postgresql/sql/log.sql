SELECT run, number, time, level, logger, text FROM rota_log
WHERE run = $1 AND number > $2
ORDER BY number
LIMIT $3;
