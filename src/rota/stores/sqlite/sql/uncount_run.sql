UPDATE rota_schedule SET runs = max(runs - 1, 0) WHERE name = ?1;
