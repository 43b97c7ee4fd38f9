SELECT run.id, run.schedule, run.task, run.kind, run.state, run.due, run.started, run.finished,
    run.due_last, run.skips, run.reason, run.node
FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
CROSS JOIN LATERAL (
    SELECT * FROM rota_run
    WHERE schedule = wanted.name
    ORDER BY id DESC
    LIMIT $2
) AS run
ORDER BY wanted.place, run.id DESC;
