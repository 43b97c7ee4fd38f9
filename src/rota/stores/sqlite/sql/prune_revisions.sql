DELETE FROM rota_revision WHERE schedule = ?1 AND number <= ?2;
