UPDATE rota_schedule AS s
SET last_finished = given.finished, last_state = given.state, last_result = given.result
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
    AS given (name, finished, state, result)
WHERE s.name = given.name;
