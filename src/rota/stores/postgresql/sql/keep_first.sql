INSERT INTO rota_meta (name, value) VALUES ('kept:' || $1::text, $2)
ON CONFLICT (name) DO NOTHING;
