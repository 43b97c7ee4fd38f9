-- A node of which somebody holds the lease or the row just now is found the next time: who waited
-- for it would keep the others' runs waiting too.
WITH over AS MATERIALIZED (
    SELECT lease.node, lease.seen, lease.until FROM rota_lease AS lease
    JOIN rota_node AS node ON node.name = lease.node
    WHERE lease.until <= coalesce($1::bigint, rota_clock())
    FOR UPDATE OF lease, node SKIP LOCKED
),
gone AS (
    DELETE FROM rota_lease USING over WHERE rota_lease.node = over.node
)
UPDATE rota_node SET state = 'lost', seen = over.seen
FROM over WHERE name = over.node
RETURNING name, over.until, coalesce($1::bigint, rota_clock());
