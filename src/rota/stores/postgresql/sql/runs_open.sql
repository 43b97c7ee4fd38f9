-- The same for what is open: few rows, each looked up by its id. OFFSET keeps the planner from
-- turning it round, which it does where it has no figures yet and then reads the whole history.
SELECT open.run FROM rota_open AS open
CROSS JOIN LATERAL (
    SELECT task, state, kind, schedule FROM rota_run WHERE id = open.run OFFSET 0
) AS run
WHERE open.run < $1
    AND ($2::text IS NULL OR run.task = $2)
    AND run.state = ANY ($3)
    AND ($4::text[] = '{}' OR run.kind = ANY ($4))
    AND ($5::text IS NULL OR run.schedule = $5)
ORDER BY open.run DESC
LIMIT $6;
