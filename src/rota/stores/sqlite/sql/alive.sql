SELECT name, host, pid, version, state, roles, labels, tasks, started, seen, 0, machine,
    clock_offset
FROM rota_node
WHERE state = 'alive' AND boot_id = ?1 AND lease_until > ?2
ORDER BY name;
