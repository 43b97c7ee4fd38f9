-- What slots meet, given with where their schedules stand: whether each has a row, the skip that
-- its place's latest slot left if nothing was decided since, and how many runs are open there. Asked
-- once the schedules are locked: before, others could still change it. The skip's kind is said in
-- other words: a planner without figures would take the index of slots, and read all of it.
SELECT slot.schedule, slot.target, slot.due,
    (
        SELECT run.id FROM rota_run AS run
        WHERE run.due = slot.due AND run.schedule = slot.schedule AND run.target = slot.target
            AND run.kind = 'slot'
        LIMIT 1
    ) IS NOT NULL,
    (
        SELECT count(*) FROM rota_open AS o
        WHERE o.schedule = slot.schedule AND o.target = slot.target
    ),
    skip.reason, skip.due_last, skip.id
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
    AS slot (schedule, target, due, through)
LEFT JOIN LATERAL (
    SELECT run.id, run.reason, run.due_last FROM rota_run AS run
    WHERE run.schedule = slot.schedule AND run.due_last IS NOT NULL
        AND run.due_last >= slot.through AND run.target = slot.target
        AND run.kind || '' = 'slot'
    ORDER BY run.due_last DESC, run.id DESC
    LIMIT 1
) AS skip ON true;
