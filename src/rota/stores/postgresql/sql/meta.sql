SELECT name, value FROM rota_meta;
