-- One statement for every filter, as in runs. $6 is a LIKE pattern in small letters.
SELECT time, level, kind, text, schedule, run, node, asked_by, id FROM rota_event
WHERE id < $1
    AND ($2::text[] = '{}' OR level = ANY ($2))
    AND starts_with(kind, $3)
    AND ($4::text IS NULL OR schedule = $4)
    AND ($5::bigint IS NULL OR run = $5)
    AND ($6 = '%' OR lower(text COLLATE "C") LIKE $6)
ORDER BY id DESC
LIMIT $7;
