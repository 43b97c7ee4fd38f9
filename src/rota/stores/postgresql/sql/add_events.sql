INSERT INTO rota_event (time, level, kind, text, schedule, run, node, asked_by, id)
SELECT given.*, nextval('rota_event_id') FROM unnest(
    $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
    $8::text[]
) AS given (time, level, kind, text, schedule, run, node, asked_by);
