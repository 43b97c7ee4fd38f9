SELECT role, node, term FROM rota_term
WHERE until > coalesce($1::bigint, rota_clock())
    AND EXISTS (SELECT 1 FROM rota_lease AS lease WHERE lease.node = rota_term.node)
ORDER BY role;
