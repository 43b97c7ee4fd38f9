SELECT name, role, digest, created, changed FROM rota_account WHERE name = $1;
