UPDATE rota_schedule SET runs = runs + 1 WHERE name = $1;
