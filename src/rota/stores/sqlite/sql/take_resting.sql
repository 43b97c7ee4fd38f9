-- Which schedules of a JSON list of names are paused or off.
SELECT held.name
FROM json_each(?1) AS wanted
JOIN rota_schedule AS held ON held.name = wanted.value
WHERE held.paused = 1 OR held.enabled = 0;
