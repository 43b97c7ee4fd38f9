-- The search ($3) is a LIKE pattern in small letters, as lower() makes them of A to Z.
SELECT name FROM rota_schedule
WHERE name > $1
    AND ($2::text IS NULL OR task = $2)
    AND (
        $3 = '%'
        OR lower(name COLLATE "C") LIKE $3
        OR lower(title COLLATE "C") LIKE $3
        OR lower(task COLLATE "C") LIKE $3
    )
ORDER BY name
LIMIT $4;
