DELETE FROM rota_node WHERE state NOT IN ('alive', 'stopping') AND seen < $1;
