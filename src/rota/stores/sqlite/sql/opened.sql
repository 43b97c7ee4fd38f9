-- The index is named, for the planner would rather read a schedule's whole history in order of id.
SELECT id FROM rota_run INDEXED BY rota_run_open
WHERE schedule = ?1 AND (?2 IS NULL OR target = ?2)
    AND finished IS NULL AND due_last IS NULL
ORDER BY id;
