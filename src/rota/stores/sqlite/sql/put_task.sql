-- Rows that did not change but for `seen` are written at most once an hour (?7).
INSERT INTO rota_task (identifier, title, source, schema, policies, seen)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (identifier) DO UPDATE
SET title = excluded.title,
    source = excluded.source,
    schema = excluded.schema,
    policies = excluded.policies,
    seen = excluded.seen
WHERE title <> excluded.title
    OR source <> excluded.source
    OR schema <> excluded.schema
    OR policies <> excluded.policies
    OR excluded.seen - seen >= ?7;
