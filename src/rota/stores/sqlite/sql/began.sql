UPDATE rota_schedule SET last_run = ?2 WHERE name = ?1;
