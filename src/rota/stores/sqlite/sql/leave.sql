UPDATE rota_node SET state = 'stopped', seen = ?2
WHERE name = ?1 AND state IN ('alive', 'stopping');
