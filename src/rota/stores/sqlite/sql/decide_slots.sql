-- Which of these slots, a JSON list of [schedule, due], have a row already.
SELECT run.schedule, run.due, run.target
FROM json_each(?1) AS wanted
JOIN rota_run AS run
    ON run.schedule = json_extract(wanted.value, '$[0]')
    AND run.due = json_extract(wanted.value, '$[1]')
    AND run.kind = 'slot';
