SELECT id FROM rota_run
WHERE schedule = $1 AND ($2::text IS NULL OR target = $2)
    AND finished IS NULL AND due_last IS NULL
ORDER BY id
FOR UPDATE;
