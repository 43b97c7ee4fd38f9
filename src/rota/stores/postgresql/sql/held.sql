SELECT run.id, run.fence, run.cancelling FROM rota_open AS o
JOIN rota_run AS run ON run.id = o.run
WHERE o.node = $1
ORDER BY run.id;
