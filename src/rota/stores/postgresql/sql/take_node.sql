-- Held until the end, so that nobody declares the node lost meanwhile; one who is about to has won.
SELECT machine FROM rota_node WHERE name = $1 AND state IN ('alive', 'stopping') FOR SHARE SKIP LOCKED;
