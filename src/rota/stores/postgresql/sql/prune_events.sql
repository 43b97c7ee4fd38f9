DELETE FROM rota_event
WHERE id IN (SELECT id FROM rota_event WHERE time < $1 ORDER BY time, id LIMIT $2);
