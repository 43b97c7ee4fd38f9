UPDATE rota_schedule
SET last_finished = ?2, last_state = ?3, last_result = ?4, last_run = coalesce(?5, last_run)
WHERE name = ?1;
