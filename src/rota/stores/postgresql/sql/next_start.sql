SELECT min(earliest.not_before)
FROM unnest($1::text[]) AS wanted (task)
CROSS JOIN LATERAL (
    SELECT run.not_before FROM rota_run AS run
    WHERE run.task = wanted.task AND run.state IN ('queued', 'retrying')
    ORDER BY run.not_before
    LIMIT 1
) AS earliest;
