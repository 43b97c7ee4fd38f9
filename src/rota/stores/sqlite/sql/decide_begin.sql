-- The last run and the last fence so far, and whether this node may take what it launches.
SELECT
    (SELECT value FROM rota_counter WHERE name = 'run'),
    (SELECT value FROM rota_counter WHERE name = 'fence'),
    EXISTS (SELECT 1 FROM rota_node WHERE name = ?1 AND state IN ('alive', 'stopping'));
