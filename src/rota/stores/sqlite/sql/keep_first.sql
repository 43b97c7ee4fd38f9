INSERT INTO rota_meta (name, value) VALUES ('kept:' || ?1, ?2)
ON CONFLICT (name) DO NOTHING;
