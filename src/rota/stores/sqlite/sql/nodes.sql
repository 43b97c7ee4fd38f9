SELECT name, host, pid, version, state, roles, labels, tasks, started, seen,
    (SELECT count(*) FROM rota_run AS run WHERE run.state = 'running' AND run.node = rota_node.name),
    machine, clock_offset
FROM rota_node
WHERE state IN ('alive', 'stopping') OR seen >= ?1
ORDER BY name;
