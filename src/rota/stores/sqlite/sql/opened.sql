SELECT id FROM rota_run
WHERE schedule = ?1 AND (?2 IS NULL OR target = ?2)
    AND state IN ('queued', 'running', 'retrying')
ORDER BY id;
