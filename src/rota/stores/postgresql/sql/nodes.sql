SELECT node.name, node.host, node.pid, node.version, node.state, node.roles, node.labels,
    node.tasks, node.started, coalesce(lease.seen, node.seen),
    (SELECT count(*) FROM rota_open AS o WHERE o.node = node.name),
    node.machine, coalesce(lease.clock_offset, 0)
FROM rota_node AS node
LEFT JOIN rota_lease AS lease ON lease.node = node.name
WHERE node.state IN ('alive', 'stopping') OR node.seen >= $1
ORDER BY node.name;
