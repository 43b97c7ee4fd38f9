-- Only a live node is elected. A term that goes on is left to its holder, who prolongs it; one that
-- is over gets a new number, whoever comes next.
INSERT INTO rota_term (role, node, term, until, boot_id)
SELECT ?1, name, 1, ?3, ?4 FROM rota_node WHERE name = ?2 AND state IN ('alive', 'stopping')
ON CONFLICT (role) DO UPDATE SET node = excluded.node, until = excluded.until,
    boot_id = excluded.boot_id,
    term = term + NOT (
        rota_term.node = excluded.node AND rota_term.boot_id = ?4 AND rota_term.until > ?5
    )
WHERE rota_term.node = excluded.node OR rota_term.boot_id <> ?4 OR rota_term.until <= ?5
    OR NOT EXISTS (
        SELECT 1 FROM rota_node AS holder
        WHERE holder.name = rota_term.node AND holder.state IN ('alive', 'stopping')
    );
