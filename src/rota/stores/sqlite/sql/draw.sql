UPDATE rota_counter SET value = value + ?2 WHERE name = ?1;
