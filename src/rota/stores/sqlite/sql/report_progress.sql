UPDATE rota_run SET progress = ?3, message = ?4
WHERE id = ?1 AND fence = ?2 AND state = 'running';
