UPDATE rota_node SET lease_until = ?2, boot_id = ?3, seen = ?4, clock_offset = ?5
WHERE name = ?1 AND state IN ('alive', 'stopping');
