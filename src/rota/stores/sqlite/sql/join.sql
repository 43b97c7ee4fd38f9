INSERT INTO rota_node (
    name, host, pid, version, state, roles, labels, tasks, started, seen, lease_until, boot_id,
    machine, clock_offset
)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14);
