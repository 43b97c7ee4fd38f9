INSERT INTO rota_event (time, level, kind, text, schedule, run, node, asked_by, id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
