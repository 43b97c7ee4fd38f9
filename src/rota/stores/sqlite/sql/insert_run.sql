-- One that has a node is taken as it is launched.
INSERT INTO rota_run (
    id, task, due, kind, state, schedule, target, parameters, policies, priority, room, task_room,
    idempotent, not_before, created, again_of, asked_by, node, fence, attempt, started
)
VALUES (
    ?1, ?2, ?3, ?4, iif(?17 IS NULL, 'queued', 'running'), ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
    ?14, ?15, ?16, ?17, ?18, ?19, ?20
);
