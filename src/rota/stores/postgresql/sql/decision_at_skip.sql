SELECT id FROM rota_run
WHERE schedule = $1 AND due_last IS NOT NULL AND due_last >= $2 AND due <= $2 AND kind = 'slot'
ORDER BY due DESC, id
LIMIT 1;
