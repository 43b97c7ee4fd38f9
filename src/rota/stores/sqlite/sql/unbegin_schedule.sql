-- The start of a run that never came is the schedule's latest no longer.
UPDATE rota_schedule
SET last_run = (
    SELECT run.started FROM rota_run AS run
    WHERE run.schedule = ?1 AND run.id <> ?2 AND run.started IS NOT NULL
    ORDER BY run.id DESC
    LIMIT 1
)
WHERE name = ?1 AND last_run = (SELECT run.started FROM rota_run AS run WHERE run.id = ?2);
