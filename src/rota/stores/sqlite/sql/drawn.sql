SELECT value FROM rota_counter WHERE name = ?1;
