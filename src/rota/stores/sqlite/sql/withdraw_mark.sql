UPDATE rota_run SET cancelling = ?2 WHERE id = ?1 AND cancelling IS NULL;
