-- As decide_schedules, for a transaction that holds locks already: it must not wait for more. A
-- schedule in somebody else's hands is about to change: what was decided about it counts as stale.
SELECT name, task, enabled, paused, version, next_due, decided_through FROM rota_schedule
WHERE name = ANY ($1::text[])
ORDER BY name
FOR UPDATE SKIP LOCKED;
