DELETE FROM rota_session WHERE account = ?1;
