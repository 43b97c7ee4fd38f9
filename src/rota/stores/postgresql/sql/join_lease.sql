-- Leases count by the database's clock ($2: by another, in tests).
INSERT INTO rota_lease (node, until, seen, clock_offset)
VALUES ($1, coalesce($2::bigint, rota_clock()) + $3, $4, $5);
