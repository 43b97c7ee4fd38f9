UPDATE rota_run SET state = 'failed', reason = ?2, result = NULL, error = ?3, finished = ?4
WHERE id = ?1 AND state IN ('queued', 'retrying');
