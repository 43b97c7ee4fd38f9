-- A one-time schedule whose run succeeded: nothing is left to come and nothing is open.
DELETE FROM rota_schedule
WHERE name = ?1 AND next_due IS NULL AND awaits_end = 0
    AND NOT EXISTS (
        SELECT 1 FROM rota_run AS run
        WHERE run.schedule = ?1 AND run.finished IS NULL AND run.due_last IS NULL
    );
