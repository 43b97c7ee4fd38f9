-- A run's end, and what its schedule shows of it, find room on the page where the row stands: then
-- neither writes an index entry. A run is changed once or twice, a schedule twice for each run.
ALTER TABLE rota_run SET (fillfactor = 50);

ALTER TABLE rota_schedule SET (fillfactor = 30);
