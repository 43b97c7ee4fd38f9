INSERT INTO rota_log (run, number, time, level, logger, text)
SELECT given.* FROM unnest(
    $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[]
) AS given (run, number, time, level, logger, text)
WHERE EXISTS (SELECT 1 FROM rota_run WHERE id = given.run)
ORDER BY given.run, given.number
ON CONFLICT DO NOTHING;
