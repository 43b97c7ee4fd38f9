-- expands
-- The history by spans of 65,536 runs, and slots by time: what many schedules launch together stands
-- together, where an index by schedule has a page for each of them, and a burst had to write them
-- all. Whoever knows the indexes as they were finds all there is, only slower. Both go before one is
-- made: the table is locked once, so that nobody waits in a circle.
DROP INDEX rota_run_slot, rota_run_history;

CREATE UNIQUE INDEX rota_run_slot ON rota_run (due, schedule, target) WHERE kind = 'slot';

CREATE INDEX rota_run_history ON rota_run ((id >> 16), schedule, id);
