SELECT name, boot_id, lease_until FROM rota_node WHERE name = ?1;
