SELECT schedule FROM rota_run WHERE id = $1;
