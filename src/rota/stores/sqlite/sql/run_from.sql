-- The first run of that id or a later one, and when it was made.
SELECT id, created FROM rota_run
WHERE id >= ?1
ORDER BY id
LIMIT 1;
