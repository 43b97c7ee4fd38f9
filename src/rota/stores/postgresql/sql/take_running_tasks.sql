SELECT task, count(*) FROM rota_open
WHERE node IS NOT NULL AND task = ANY ($1::text[])
GROUP BY task;
