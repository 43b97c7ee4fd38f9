SELECT 1 FROM rota_schedule WHERE name = $1 FOR UPDATE;
