DELETE FROM rota_session WHERE key = ?1;
