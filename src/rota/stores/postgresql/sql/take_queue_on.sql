-- The queue after a place in it, without what is held back already.
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
    AND (o.rank, o.due, o.run) > ($6, $7, $8)
    AND (
        o.room IS NULL OR o.schedule IS NULL
        OR o.room > (
            SELECT count(other.node) FROM rota_open AS other
            WHERE other.schedule = o.schedule AND other.target = o.target
        )
    )
    AND (
        o.task_room IS NULL
        OR o.task_room > (
            SELECT count(*) FROM rota_open AS other
            WHERE other.node IS NOT NULL AND other.task = o.task
        )
    )
    AND (
        o.kind <> 'slot' OR NOT EXISTS (
            SELECT 1 FROM rota_schedule AS s
            WHERE s.name = o.schedule AND (s.paused OR NOT s.enabled)
        )
    )
ORDER BY o.rank, o.due, o.run
LIMIT $3
FOR UPDATE SKIP LOCKED;
