INSERT INTO rota_session (key, account, created, expires)
SELECT $1::text, name, $3::bigint, $4::bigint FROM rota_account WHERE name = $2
ON CONFLICT (key) DO NOTHING;
