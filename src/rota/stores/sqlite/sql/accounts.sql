SELECT name, role, digest, created, changed FROM rota_account ORDER BY name;
