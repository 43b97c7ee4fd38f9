UPDATE rota_meta SET value = $2 WHERE name = 'kept:' || $1::text AND value = $3;
