-- Which slots of a JSON list of [schedule, due, target] have a row.
SELECT run.schedule, run.due, run.target
FROM json_each(?1) AS wanted
CROSS JOIN rota_run AS run ON run.due = json_extract(wanted.value, '$[1]')
    AND run.schedule = json_extract(wanted.value, '$[0]')
    AND run.target = json_extract(wanted.value, '$[2]')
    AND run.kind = 'slot';
