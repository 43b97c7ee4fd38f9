SELECT 1 FROM rota_run
WHERE task = ?1 AND parameters = ?2 AND target = ?3 AND state IN ('queued', 'retrying')
LIMIT 1;
