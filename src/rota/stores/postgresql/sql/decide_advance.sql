-- Lifting a pause is a resume: it makes a new version.
UPDATE rota_schedule AS s
SET next_due = given.next_due,
    decided_through = greatest(s.decided_through, given.decided_through),
    awaits_end = given.awaits_end,
    runs = s.runs + given.launched,
    last_run = coalesce(given.start, s.last_run),
    paused = s.paused AND NOT given.lift,
    paused_at = CASE WHEN given.lift THEN NULL ELSE s.paused_at END,
    paused_until = CASE WHEN given.lift THEN NULL ELSE s.paused_until END,
    pause_reason = CASE WHEN given.lift THEN '' ELSE s.pause_reason END,
    version = s.version + given.lift::integer
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::boolean[], $5::bigint[], $6::boolean[],
    $7::bigint[]) AS given (name, next_due, decided_through, awaits_end, launched, lift, start)
WHERE s.name = given.name;
