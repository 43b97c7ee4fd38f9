-- Runs of the slot, and the skips that begin before it and reach it: each by its own index (see
-- decide_places).
SELECT id, state = 'skipped' AS skipped, due FROM rota_run
WHERE schedule = $1 AND due = $2 AND kind = 'slot'
UNION
SELECT id, true, due FROM rota_run
WHERE schedule = $1 AND due_last IS NOT NULL AND due_last >= $2 AND due <= $2 AND kind || '' = 'slot'
ORDER BY skipped, due DESC, id
LIMIT $3;
