UPDATE rota_meta SET value = ?2 WHERE name = 'kept:' || ?1 AND value = ?3;
