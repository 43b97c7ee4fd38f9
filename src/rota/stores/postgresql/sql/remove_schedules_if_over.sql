-- One-time schedules whose run succeeded: nothing is left to come and nothing is open.
DELETE FROM rota_schedule AS s
WHERE s.name = ANY ($1::text[]) AND s.next_due IS NULL AND NOT s.awaits_end
    AND NOT EXISTS (SELECT 1 FROM rota_open AS o WHERE o.schedule = s.name);
