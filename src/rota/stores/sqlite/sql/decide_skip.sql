INSERT INTO rota_run (
    id, task, due, kind, state, schedule, target, reason, created, due_last, skips
)
VALUES (?1, ?2, ?3, 'slot', 'skipped', ?4, ?5, ?6, ?7, ?8, ?9);
