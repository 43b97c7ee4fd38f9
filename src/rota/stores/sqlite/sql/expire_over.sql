SELECT name, boot_id, lease_until FROM rota_node
WHERE state IN ('alive', 'stopping') AND (boot_id <> ?1 OR lease_until <= ?2);
