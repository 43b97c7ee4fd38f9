SELECT time, asked_by, origin, action, subject, before, after, reason, id FROM rota_audit
WHERE id < $1
    AND starts_with(action, $2)
    AND ($3::text IS NULL OR subject = $3)
    AND ($4::text IS NULL OR asked_by = $4)
ORDER BY id DESC
LIMIT $5;
