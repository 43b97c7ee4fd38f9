SELECT name FROM rota_schedule WHERE name = ANY ($1::text[]);
