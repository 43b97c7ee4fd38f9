SELECT to_regclass('rota_meta') IS NOT NULL;
