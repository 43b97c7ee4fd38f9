-- Whoever must compare the runs of a task does so alone; $1 parts the purposes. In one order for
-- everybody, so that nobody waits in a circle.
SELECT pg_advisory_xact_lock($1::integer, wanted.key)
FROM (
    SELECT DISTINCT hashtext(current_schema() || ' ' || task) AS key
    FROM unnest($2::text[]) AS task
    ORDER BY key
) AS wanted;
