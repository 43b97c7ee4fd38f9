INSERT INTO rota_schedule (
    name, task, trigger, title, parameters, policies, enabled, paused, paused_at, paused_until,
    pause_reason, origin, edited, created, version, next_due, awaits_end, decided_through,
    last_run, last_finished, last_state, last_result, runs, code
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24
)
ON CONFLICT (name) DO NOTHING;
