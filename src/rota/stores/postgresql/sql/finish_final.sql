WITH gone AS (
    DELETE FROM rota_open WHERE run = ANY ($1::bigint[])
)
UPDATE rota_run AS run
SET state = given.state, unusual = nullif(given.state, 'succeeded'),
    reason = given.reason, result = given.result, error = given.error,
    finished = given.finished, abandoned = given.abandoned, started = given.started,
    attempt = greatest(run.attempt - given.uncount::integer, 0)
FROM unnest(
    $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::boolean[],
    $8::boolean[], $9::bigint[]
) AS given (id, state, reason, result, error, finished, abandoned, uncount, started)
WHERE run.id = given.id;
