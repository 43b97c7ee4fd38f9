SELECT role, node, term FROM rota_term
WHERE boot_id = ?1 AND until > ?2
    AND EXISTS (
        SELECT 1 FROM rota_node AS holder
        WHERE holder.name = rota_term.node AND holder.state IN ('alive', 'stopping')
    )
ORDER BY role;
