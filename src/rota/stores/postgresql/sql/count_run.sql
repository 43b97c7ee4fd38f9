UPDATE rota_schedule SET runs = runs + $2 WHERE name = $1;
