INSERT INTO rota_session (key, account, created, expires)
SELECT ?1, name, ?3, ?4 FROM rota_account WHERE name = ?2
ON CONFLICT (key) DO NOTHING;
