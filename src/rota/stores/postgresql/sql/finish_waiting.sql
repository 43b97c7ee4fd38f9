WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::boolean[],
        $8::bigint[]
    ) AS given (id, state, reason, result, error, not_before, uncount, started)
),
back AS (
    UPDATE rota_open AS waits
    SET node = NULL, not_before = coalesce(given.not_before, waits.not_before)
    FROM given WHERE waits.run = given.id
)
UPDATE rota_run AS run
SET state = given.state, reason = given.reason, result = given.result, error = given.error,
    not_before = coalesce(given.not_before, run.not_before), started = given.started, cancelling = NULL,
    attempt = greatest(run.attempt - given.uncount::integer, 0)
FROM given
WHERE run.id = given.id;
