SELECT 1 FROM rota_lease
WHERE until <= coalesce($1::bigint, rota_clock())
LIMIT 1;
