SELECT time, level, kind, text, schedule, run, node, asked_by, id FROM rota_event INDEXED BY rota_event_of_schedule
WHERE id < ?1
    AND (?2 = '[]' OR level IN (SELECT value FROM json_each(?2)))
    AND substr(kind, 1, length(?3)) = ?3
    AND schedule = ?4
    AND (?5 IS NULL OR run = ?5)
    AND text LIKE ?6 ESCAPE '\'
ORDER BY id DESC
LIMIT ?7;
