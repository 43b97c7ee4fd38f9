WITH over AS (
    DELETE FROM rota_lease
    WHERE until <= coalesce($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
    RETURNING node, seen, until
)
UPDATE rota_node SET state = 'lost', seen = over.seen
FROM over WHERE name = over.node
RETURNING name, over.until, coalesce($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
