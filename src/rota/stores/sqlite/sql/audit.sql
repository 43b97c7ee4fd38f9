SELECT time, asked_by, origin, action, subject, before, after, reason, id FROM rota_audit
WHERE id < ?1
    AND substr(action, 1, length(?2)) = ?2
    AND (?3 IS NULL OR subject = ?3)
    AND (?4 IS NULL OR asked_by = ?4)
ORDER BY id DESC
LIMIT ?5;
