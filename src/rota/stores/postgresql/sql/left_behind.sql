-- Dead nodes of which runs are left, because somebody held them when the node was found.
WITH dead AS MATERIALIZED (
    SELECT name FROM rota_node WHERE state NOT IN ('alive', 'stopping')
)
SELECT name FROM dead
WHERE (SELECT o.run FROM rota_open AS o WHERE o.node = dead.name LIMIT 1) IS NOT NULL
ORDER BY name;
