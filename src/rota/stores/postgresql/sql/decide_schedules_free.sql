-- As decide_schedules, for who must not wait: because others would have to wait with it, or because
-- it holds locks already. A schedule in somebody else's hands is left out.
SELECT name, task, enabled, paused, version, next_due, decided_through FROM rota_schedule
WHERE name = ANY ($1::text[])
ORDER BY name
FOR UPDATE SKIP LOCKED;
