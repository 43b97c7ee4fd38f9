SELECT schedule, time, asked_by, origin, action, version, fields, reason, number FROM rota_revision
WHERE schedule = ?1 AND number < ?2
ORDER BY number DESC
LIMIT ?3;
