UPDATE rota_schedule
SET task = ?2, trigger = ?3, title = ?4, parameters = ?5, policies = ?6, enabled = ?7,
    paused = ?8, paused_at = ?9, paused_until = ?10, pause_reason = ?11, origin = ?12,
    edited = ?13, created = ?14, version = ?15, next_due = ?16, awaits_end = ?17,
    decided_through = max(decided_through, ?18), last_run = ?19, last_finished = ?20,
    last_state = ?21, last_result = ?22, runs = ?23,
    code = ?24
WHERE name = ?1;
