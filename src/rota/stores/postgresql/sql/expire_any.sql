SELECT 1 FROM rota_lease
WHERE until <= coalesce($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
LIMIT 1;
