UPDATE rota_run AS run SET due_last = given.due_last, skips = run.skips + given.skips
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given (id, due_last, skips)
WHERE run.id = given.id;
