UPDATE rota_run SET started = NULL WHERE id = ?1;
