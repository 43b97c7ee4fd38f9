-- One statement for every filter: it is planned anew with its values, and what was not asked for
-- falls away. $6: only ones with an unusual end are asked for, which have their own way to be found.
SELECT id FROM rota_run
WHERE id < $1
    AND ($2::text IS NULL OR task = $2)
    AND ($3::text[] = '{}' OR state = ANY ($3))
    AND ($4::text[] = '{}' OR kind = ANY ($4))
    AND ($5::text IS NULL OR schedule = $5)
    AND (NOT $6::boolean OR unusual = ANY ($3))
ORDER BY id DESC
LIMIT $7;
