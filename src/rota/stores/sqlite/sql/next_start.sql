SELECT min((
    SELECT min(run.not_before) FROM rota_run AS run
    WHERE run.task = wanted.value AND run.state IN ('queued', 'retrying')
))
FROM json_each(?1) AS wanted;
