-- The first who asks is heard; but a run that was to be given back unbegun may have begun since.
UPDATE rota_run SET cancelling = $2
WHERE id = ANY ($1::bigint[]) AND state = 'running'
    AND (cancelling IS NULL OR strpos(cancelling, '/') > 0);
