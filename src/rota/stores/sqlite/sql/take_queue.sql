-- Read from the index alone, from a place in the queue on (?3 to ?5), past the runs of places and
-- tasks that are known to be full (?6, ?7: JSON lists of lists), and past those addressed to others
-- than this node and its machine (?8, ?9), and past manual runs due after ?10 that were offered to
-- another node and never taken. Whether a schedule rests is asked
-- afterwards, for the chosen ones.
SELECT id, schedule, target, task, room, task_room, kind, not_before, priority, due
FROM rota_run INDEXED BY rota_run_queue
WHERE state IN ('queued', 'retrying')
    AND priority <= ?3
    AND (priority < ?3 OR (due, id) > (?4, ?5))
    AND task IN (SELECT value FROM json_each(?1))
    AND not_before <= ?2
    AND (target NOT GLOB 'node:*' AND target NOT GLOB 'machine:*' OR target = ?8 OR target = ?9)
    AND (
        kind <> 'manual' OR due <= ?10 OR coalesce(
            (
                SELECT offered.node FROM rota_run AS offered
                WHERE offered.id = rota_run.id AND offered.fence = 0
            ), ''
        ) IN ('', substr(?8, 6))
    )
    AND (
        schedule IS NULL OR room IS NULL OR (schedule, target, room) NOT IN (
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
                json_extract(value, '$[2]')
            FROM json_each(?6)
        )
    )
    AND (
        task_room IS NULL OR (task, task_room) NOT IN (
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?7)
        )
    )
ORDER BY priority DESC, due, id;
