DELETE FROM rota_log WHERE run = ?1;
