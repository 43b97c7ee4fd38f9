-- One of the states that are rare among many: ?3 is its name alone.
SELECT id FROM rota_run INDEXED BY rota_run_unusual
WHERE state <> 'succeeded' AND state <> 'running' AND state <> 'queued' AND state <> 'retrying'
    AND state = ?3
    AND id < ?1
    AND (?2 IS NULL OR task = ?2)
    AND (?4 = '[]' OR kind IN (SELECT value FROM json_each(?4)))
    AND (?5 IS NULL OR schedule = ?5)
ORDER BY id DESC
LIMIT ?6;
