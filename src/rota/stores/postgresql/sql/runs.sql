-- One statement for every filter: it is planned anew with its values, and what was not asked for
-- falls away. $6: only open runs are asked for, so that the index of these will do.
SELECT id FROM rota_run
WHERE id < $1
    AND ($2::text IS NULL OR task = $2)
    AND ($3::text[] = '{}' OR state = ANY ($3))
    AND ($4::text[] = '{}' OR kind = ANY ($4))
    AND ($5::text IS NULL OR schedule = $5)
    AND (NOT $6::boolean OR (finished IS NULL AND due_last IS NULL))
ORDER BY id DESC
LIMIT $7;
