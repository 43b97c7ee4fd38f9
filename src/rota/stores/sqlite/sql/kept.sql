SELECT value FROM rota_meta WHERE name = 'kept:' || ?1;
