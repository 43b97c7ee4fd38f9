DELETE FROM rota_account WHERE name = ?1;
