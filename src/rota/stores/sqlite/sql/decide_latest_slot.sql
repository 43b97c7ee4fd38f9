SELECT id, reason, due_last FROM rota_run
WHERE schedule = ?1 AND target = ?2 AND kind = 'slot'
ORDER BY due DESC
LIMIT 1;
