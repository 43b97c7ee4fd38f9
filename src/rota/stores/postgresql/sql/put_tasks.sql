-- Rows that did not change but for `seen` are written at most once an hour ($7). In order of their
-- names, so that two processes that start at once do not wait for each other in a circle.
INSERT INTO rota_task AS known (identifier, title, source, schema, policies, seen)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]
) AS given (identifier, title, source, schema, policies, seen)
ORDER BY given.identifier COLLATE "C"
ON CONFLICT (identifier) DO UPDATE
SET title = excluded.title,
    source = excluded.source,
    schema = excluded.schema,
    policies = excluded.policies,
    seen = excluded.seen
WHERE (known.title, known.source, known.schema, known.policies)
    IS DISTINCT FROM (excluded.title, excluded.source, excluded.schema, excluded.policies)
    OR excluded.seen - known.seen >= $7;
