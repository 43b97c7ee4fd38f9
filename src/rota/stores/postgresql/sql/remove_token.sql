DELETE FROM rota_token WHERE name = $1;
