-- Another machine's boot clock says nothing here, but the wall clocks of two machines are near.
SELECT name, host FROM rota_node
WHERE state IN ('alive', 'stopping') AND seen > ?3
    AND machine NOT IN ('', ?1) AND boot_id NOT IN ('', ?2)
LIMIT 1;
