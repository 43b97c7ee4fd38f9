-- How many runs of these schedules' targets run. Asked once the schedules are locked.
SELECT schedule, target, count(*) FROM rota_open
WHERE schedule = ANY ($1::text[]) AND node IS NOT NULL
GROUP BY schedule, target;
