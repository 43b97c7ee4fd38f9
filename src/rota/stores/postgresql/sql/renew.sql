-- The lease is gone once somebody has recovered the node. A table of its own, so that renewing
-- never waits for a batch that takes runs.
UPDATE rota_lease
SET until = coalesce($2::bigint, rota_clock()) + $3, seen = $4, clock_offset = $5
WHERE node = $1;
