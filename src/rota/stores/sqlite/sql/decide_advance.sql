UPDATE rota_schedule
SET next_due = ?2, decided_through = max(decided_through, ?3), awaits_end = ?4, runs = runs + ?5
WHERE name = ?1;
