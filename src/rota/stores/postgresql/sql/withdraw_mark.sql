UPDATE rota_run SET cancelling = given.asked
FROM unnest($1::bigint[], $2::text[]) AS given (id, asked)
WHERE rota_run.id = given.id AND cancelling IS NULL;
