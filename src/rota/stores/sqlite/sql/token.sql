SELECT name, role, key, created, expires, asked_by FROM rota_token WHERE key = ?1 AND expires > ?2;
