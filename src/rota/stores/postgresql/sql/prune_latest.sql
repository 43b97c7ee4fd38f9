SELECT max(id) FROM rota_run WHERE ($1::text IS NULL AND schedule IS NULL) OR schedule = $1;
