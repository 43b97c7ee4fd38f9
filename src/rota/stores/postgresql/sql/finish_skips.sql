-- Launches that never began become skips of their one slot.
WITH gone AS (
    DELETE FROM rota_open WHERE run = ANY ($1::bigint[])
)
UPDATE rota_run AS run
SET state = 'skipped', unusual = 'skipped', reason = given.reason, result = given.result,
    error = given.error,
    attempt = greatest(run.attempt - given.uncount::integer, 0), abandoned = given.abandoned,
    started = NULL, due_last = run.due, skips = 1
FROM unnest(
    $1::bigint[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::boolean[]
) AS given (id, reason, result, error, uncount, abandoned)
WHERE run.id = given.id;
