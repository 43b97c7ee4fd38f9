INSERT INTO rota_account (name, role, digest, created, changed) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (name) DO UPDATE
SET role = excluded.role, digest = excluded.digest, changed = excluded.changed;
