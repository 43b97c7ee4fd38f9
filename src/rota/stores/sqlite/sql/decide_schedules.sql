SELECT s.name, s.task, s.enabled, s.version, s.next_due, s.decided_through
FROM json_each(?1) AS wanted
JOIN rota_schedule AS s ON s.name = wanted.value;
