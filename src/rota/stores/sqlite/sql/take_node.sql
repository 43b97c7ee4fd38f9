SELECT machine FROM rota_node WHERE name = ?1 AND state IN ('alive', 'stopping');
