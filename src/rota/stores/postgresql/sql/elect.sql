-- Only a live node is elected. A term that goes on is left to its holder, who prolongs it; one that
-- is over gets a new number, whoever comes next.
WITH clock AS (
    SELECT coalesce($4::bigint, rota_clock()) AS now
)
INSERT INTO rota_term AS held (role, node, term, until)
SELECT $1, lease.node, 1, clock.now + $3 FROM rota_lease AS lease, clock WHERE lease.node = $2
ON CONFLICT (role) DO UPDATE SET node = excluded.node, until = excluded.until,
    term = held.term
        + CASE WHEN held.node = excluded.node AND held.until > excluded.until - $3 THEN 0 ELSE 1 END
WHERE held.node = excluded.node OR held.until <= excluded.until - $3
    OR NOT EXISTS (SELECT 1 FROM rota_lease AS lease WHERE lease.node = held.node);
