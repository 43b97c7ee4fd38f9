UPDATE rota_node SET state = 'stopping' WHERE name = $1 AND state = 'alive';
