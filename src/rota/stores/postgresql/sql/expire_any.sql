-- Whether a lease is over, or runs of a dead node are left that somebody held.
WITH dead AS MATERIALIZED (
    SELECT name FROM rota_node WHERE state NOT IN ('alive', 'stopping')
)
SELECT 1 WHERE EXISTS (
    SELECT 1 FROM rota_lease WHERE until <= coalesce($1::bigint, rota_clock())
) OR EXISTS (
    SELECT 1 FROM dead
    WHERE (SELECT o.run FROM rota_open AS o WHERE o.node = dead.name LIMIT 1) IS NOT NULL
);
