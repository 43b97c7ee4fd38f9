INSERT INTO rota_run (
    id, task, due, kind, state, schedule, target, parameters, policies, priority, room, task_room,
    idempotent, not_before, created, again_of, asked_by
)
VALUES (
    ?1, ?2, ?3, ?4, 'queued', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16
);
