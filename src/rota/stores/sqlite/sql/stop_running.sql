-- The first who asks is heard; but a run that was to be given back unbegun may have begun since.
UPDATE rota_run SET cancelling = ?2
WHERE id = ?1 AND state = 'running' AND (cancelling IS NULL OR instr(cancelling, '/') > 0);
