-- With the lease goes the right to act; its end and the clock it counts by say when it was over.
WITH given_back AS (
    DELETE FROM rota_lease WHERE node = $1 RETURNING node, until
)
UPDATE rota_node SET state = 'stopped', seen = $2
FROM given_back WHERE name = given_back.node
RETURNING name, given_back.until, coalesce($3::bigint, rota_clock());
