SELECT coalesce(max(number), 0) FROM rota_revision WHERE schedule = ?1;
