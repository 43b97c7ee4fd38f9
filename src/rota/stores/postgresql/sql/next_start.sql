-- Said as the index says it.
SELECT not_before FROM rota_open
WHERE coalesce(node, '') = '' AND task = ANY ($1::text[])
ORDER BY not_before
LIMIT 1;
