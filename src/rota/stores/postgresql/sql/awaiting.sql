SELECT name FROM rota_schedule
WHERE enabled AND awaits_end
    AND NOT EXISTS (
        SELECT 1 FROM rota_run AS run
        WHERE run.schedule = rota_schedule.name
            AND run.finished IS NULL AND run.due_last IS NULL
    )
ORDER BY name
LIMIT $1;
