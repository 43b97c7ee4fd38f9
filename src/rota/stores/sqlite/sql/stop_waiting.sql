UPDATE rota_run SET state = 'cancelled', reason = ?2, finished = ?3
WHERE id = ?1 AND state IN ('queued', 'retrying');
