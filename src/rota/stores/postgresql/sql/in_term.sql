-- Whoever would be elected next waits for the transaction that holds this lock.
SELECT 1 FROM rota_term
WHERE role = $1 AND node = $2 AND term = $3 AND until > coalesce($4::bigint, rota_clock())
    AND EXISTS (SELECT 1 FROM rota_lease AS lease WHERE lease.node = rota_term.node)
FOR SHARE;
