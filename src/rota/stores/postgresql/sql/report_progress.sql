-- Whoever holds a run just now changes it; what it has come to meanwhile is not waited with.
WITH held AS MATERIALIZED (
    SELECT run.id, given.fraction, given.message
    FROM unnest($1::bigint[], $2::bigint[], $3::double precision[], $4::text[])
        AS given (id, fence, fraction, message)
    JOIN rota_run AS run ON run.id = given.id AND run.fence = given.fence
    WHERE run.state = 'running'
    ORDER BY run.id
    FOR UPDATE OF run SKIP LOCKED
)
UPDATE rota_run AS run SET progress = held.fraction, message = held.message
FROM held
WHERE run.id = held.id;
