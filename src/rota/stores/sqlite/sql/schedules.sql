SELECT name FROM rota_schedule
WHERE name > ?1
    AND (?2 IS NULL OR task = ?2)
    AND (
        name LIKE ?3 ESCAPE '\' OR title LIKE ?3 ESCAPE '\' OR task LIKE ?3 ESCAPE '\'
    )
ORDER BY name
LIMIT ?4;
