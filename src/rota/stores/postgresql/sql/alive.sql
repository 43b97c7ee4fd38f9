-- The nodes that hold a lease and may be given runs. Held until the end, so that nobody declares one
-- of them lost meanwhile, though it may renew; one who is about to has won.
SELECT node.name, node.host, node.pid, node.version, node.state, node.roles, node.labels,
    node.tasks, node.started, lease.seen, 0, node.machine, lease.clock_offset
FROM rota_lease AS lease
JOIN rota_node AS node ON node.name = lease.node
WHERE lease.until > coalesce($1::bigint, rota_clock()) AND node.state = 'alive'
ORDER BY node.name
FOR KEY SHARE OF lease SKIP LOCKED;
