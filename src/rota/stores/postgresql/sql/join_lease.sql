-- Leases count by the database's clock ($2: by another, in tests).
INSERT INTO rota_lease (node, until, seen)
VALUES ($1, coalesce($2::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) + $3, $4);
