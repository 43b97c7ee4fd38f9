SELECT id FROM rota_run INDEXED BY rota_run_history
WHERE schedule IS ?1 AND id < ?2
    AND (finished IS NOT NULL OR due_last IS NOT NULL)
    AND (id <= ?3 OR coalesce(finished, due_last, due) < ?4)
ORDER BY id
LIMIT ?5;
