UPDATE rota_schedule AS s
SET last_finished = given.finished, last_state = given.state, last_result = given.result,
    last_run = coalesce(given.start, s.last_run)
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
    AS given (name, finished, state, result, start)
WHERE s.name = given.name;
