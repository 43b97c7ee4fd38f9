SELECT not_before FROM rota_open
WHERE node IS NULL AND task = ANY ($1::text[])
ORDER BY not_before
LIMIT 1;
