INSERT INTO rota_token (name, role, key, created, expires, asked_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (name) DO NOTHING;
