UPDATE rota_run SET fence = ?2, state = 'retrying', not_before = ?3 WHERE id = ?1;
