-- What a slot meets: of each schedule and target the latest slot that has a row, and how many runs
-- are open. Asked once the schedules are locked: before, others could still change it.
SELECT place.schedule, place.target, latest.id, latest.due, latest.reason, latest.due_last,
    (
        SELECT count(*) FROM rota_open AS o
        WHERE o.schedule = place.schedule AND o.target = place.target
    )
FROM unnest($1::text[], $2::text[]) AS place (schedule, target)
LEFT JOIN LATERAL (
    SELECT run.id, run.due, run.reason, run.due_last FROM rota_run AS run
    WHERE run.schedule = place.schedule AND run.target = place.target AND run.kind = 'slot'
    ORDER BY run.due DESC
    LIMIT 1
) AS latest ON true;
