-- The history by spans of 65,536 runs: what many schedules launch together stands together, where
-- an index by schedule alone has a page for each of them, and a burst had to write them all.
DROP INDEX rota_run_history;

CREATE INDEX rota_run_history ON rota_run (id >> 16, schedule, id);
