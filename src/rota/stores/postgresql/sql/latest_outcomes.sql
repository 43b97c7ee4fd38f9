-- The last $2 runs of each schedule of an array of names. The history stands by spans of ids: it is
-- gone back through span by span, over those that have runs, as far as the limit needs it.
WITH RECURSIVE spans (span) AS (
    SELECT max(id) >> 16 FROM rota_run
    UNION ALL
    SELECT (SELECT max(id) >> 16 FROM rota_run WHERE id < spans.span << 16) FROM spans
    WHERE spans.span IS NOT NULL
)
SELECT run.id, run.schedule, run.task, run.kind, run.state, run.due, run.started, run.finished,
    run.due_last, run.skips, run.reason, run.node
FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
CROSS JOIN LATERAL (
    SELECT found.* FROM spans
    CROSS JOIN LATERAL (
        SELECT * FROM rota_run
        WHERE id >> 16 = spans.span AND schedule = wanted.name
        ORDER BY id DESC
        LIMIT $2
    ) AS found
    LIMIT $2
) AS run
ORDER BY wanted.place, run.id DESC;
