WITH over AS (
    DELETE FROM rota_lease
    WHERE until <= coalesce($1::bigint, rota_clock())
    RETURNING node, seen, until
)
UPDATE rota_node SET state = 'lost', seen = over.seen
FROM over WHERE name = over.node
RETURNING name, over.until, coalesce($1::bigint, rota_clock());
