-- The first of the queue that nobody else is taking, and that is not addressed to others.
SELECT o.run, o.schedule, o.target, o.task, o.kind, o.room, o.task_room, o.rank, o.due
FROM rota_open AS o
WHERE o.node IS NULL
    AND o.task = ANY ($1::text[])
    AND o.not_before <= $2
    AND (
        o.target NOT LIKE 'node:%' AND o.target NOT LIKE 'machine:%'
        OR o.target = ANY ($4::text[])
    )
ORDER BY o.rank, o.due, o.run
LIMIT $3
FOR UPDATE SKIP LOCKED;
