UPDATE rota_schedule AS s SET last_run = given.started
FROM unnest($1::text[], $2::bigint[]) AS given (name, started)
WHERE s.name = given.name;
