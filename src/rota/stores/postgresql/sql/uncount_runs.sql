UPDATE rota_schedule AS s SET runs = greatest(s.runs - given.count, 0)
FROM unnest($1::text[], $2::bigint[]) AS given (name, count)
WHERE s.name = given.name;
