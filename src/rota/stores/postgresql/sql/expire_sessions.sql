DELETE FROM rota_session WHERE expires <= $1;
