UPDATE rota_run SET node = $2 WHERE id = $1;
