UPDATE rota_schedule
SET next_due = ?2, decided_through = max(decided_through, ?3), awaits_end = ?4, runs = runs + ?5,
    last_run = coalesce(?6, last_run)
WHERE name = ?1;
