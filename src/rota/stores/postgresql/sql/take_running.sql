-- How many runs of these schedules' targets run. Asked once the schedules are locked.
SELECT run.schedule, run.target, count(*)
FROM unnest($1::text[]) AS wanted (schedule)
JOIN rota_run AS run ON run.schedule = wanted.schedule
WHERE run.finished IS NULL AND run.due_last IS NULL AND run.state = 'running'
GROUP BY run.schedule, run.target;
