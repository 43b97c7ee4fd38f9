SELECT id FROM rota_run INDEXED BY rota_run_history
WHERE schedule IS ?1 AND id < ?2
    AND state NOT IN ('queued', 'running', 'retrying')
    AND (id <= ?3 OR coalesce(finished, due_last, due) < ?4)
ORDER BY id
LIMIT ?5;
