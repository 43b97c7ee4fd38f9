-- What a node tells of itself besides: the machine it is on, and how far its clock is off (us).
ALTER TABLE rota_node ADD COLUMN machine TEXT NOT NULL DEFAULT '';

ALTER TABLE rota_node ADD COLUMN clock_offset INTEGER NOT NULL DEFAULT 0;

-- Schedules that are pinned to one host: their node is watched.
CREATE INDEX rota_schedule_pinned ON rota_schedule (name)
    WHERE enabled = 1 AND instr(policies, '"placement":"node:') > 0;
