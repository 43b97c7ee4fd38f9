INSERT INTO rota_audit (time, asked_by, origin, action, subject, before, after, reason, id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
