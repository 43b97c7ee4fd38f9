SELECT run FROM rota_open
WHERE schedule = $1 AND ($2::text IS NULL OR target = $2)
ORDER BY run
FOR UPDATE;
