-- The newest row that is one too many.
SELECT id FROM rota_run WHERE schedule IS ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2;
