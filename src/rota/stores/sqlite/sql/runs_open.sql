SELECT id FROM rota_run INDEXED BY rota_run_open
WHERE finished IS NULL AND due_last IS NULL
    AND id < ?1
    AND (?2 IS NULL OR task = ?2)
    AND (?3 = '[]' OR state IN (SELECT value FROM json_each(?3)))
    AND (?4 = '[]' OR kind IN (SELECT value FROM json_each(?4)))
    AND (?5 IS NULL OR schedule = ?5)
ORDER BY id DESC
LIMIT ?6;
