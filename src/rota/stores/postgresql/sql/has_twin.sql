SELECT 1 FROM rota_open AS o
JOIN rota_run AS run ON run.id = o.run
WHERE o.node IS NULL AND o.task = $1 AND o.target = $3 AND run.parameters = $2
LIMIT 1;
