DELETE FROM rota_schedule WHERE name = $1;
