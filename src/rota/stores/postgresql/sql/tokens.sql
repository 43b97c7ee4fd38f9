SELECT name, role, key, created, expires, asked_by FROM rota_token ORDER BY name;
