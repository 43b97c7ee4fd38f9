-- The first of the queue that nobody else is taking, and that is neither addressed to
-- others nor, if asked for after $5, offered to another node and never taken.
SELECT o.run, o.schedule, o.target, o.task, o.kind, o.room, o.task_room, o.rank, o.due
FROM rota_open AS o
WHERE o.node IS NULL
    AND o.task = ANY ($1::text[])
    AND o.not_before <= $2
    AND (
        o.target NOT LIKE 'node:%' AND o.target NOT LIKE 'machine:%'
        OR o.target = ANY ($4::text[])
    )
    AND (
        o.kind <> 'manual' OR o.due <= $5 OR 'node:' || coalesce(
            (
                SELECT offered.node FROM rota_run AS offered
                WHERE offered.id = o.run AND offered.fence = 0
            ), ''
        ) = ANY (array_append($4::text[], 'node:'))
    )
ORDER BY o.rank, o.due, o.run
LIMIT $3
FOR UPDATE SKIP LOCKED;
