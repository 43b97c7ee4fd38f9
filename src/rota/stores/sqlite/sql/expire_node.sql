UPDATE rota_node SET state = 'lost' WHERE name = ?1;
