SELECT id, reason, due_last FROM rota_run INDEXED BY rota_run_history
WHERE schedule = ?1 AND target = ?2 AND kind = 'slot'
ORDER BY id DESC
LIMIT 1;
