UPDATE rota_run SET due_last = ?2, skips = skips + ?3 WHERE id = ?1;
