UPDATE rota_schedule
SET last_finished = ?2, last_state = ?3, last_result = ?4
WHERE name = ?1;
