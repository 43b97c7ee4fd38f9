INSERT INTO rota_audit (time, asked_by, origin, action, subject, before, after, reason, id)
SELECT given.*, nextval('rota_audit_id') FROM unnest(
    $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[]
) AS given (time, asked_by, origin, action, subject, before, after, reason);
