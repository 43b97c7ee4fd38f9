INSERT INTO rota_revision (schedule, time, asked_by, origin, action, version, fields, reason, number)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
