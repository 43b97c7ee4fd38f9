SELECT max(id) FROM rota_run WHERE schedule IS ?1;
