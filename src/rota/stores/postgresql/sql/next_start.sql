-- Said as the index says it. Of the runs that are addressed to nobody or to this node ($2).
SELECT not_before FROM rota_open
WHERE coalesce(node, '') = '' AND task = ANY ($1::text[])
    AND (
        target NOT LIKE 'node:%' AND target NOT LIKE 'machine:%'
        OR target = 'node:' || $2
        OR target = (SELECT 'machine:' || here.machine FROM rota_node AS here WHERE here.name = $2)
    )
ORDER BY not_before
LIMIT 1;
