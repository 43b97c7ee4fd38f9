SELECT coalesce(max(id), 0) FROM rota_run;
