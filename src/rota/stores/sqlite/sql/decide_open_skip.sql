-- The skip that a place's latest slot left, if nothing was decided between it and the slot ?3.
SELECT id, reason, due_last FROM rota_run INDEXED BY rota_run_skip
WHERE schedule = ?1 AND due_last IS NOT NULL AND due_last >= ?3 AND target = ?2 AND kind = 'slot'
ORDER BY id DESC
LIMIT 1;
