-- What a node tells of itself besides: the machine it is on, and how far its clock is off (us),
-- which every renewal measures.
ALTER TABLE rota_node ADD COLUMN machine text COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE rota_lease ADD COLUMN clock_offset bigint NOT NULL DEFAULT 0;

-- Schedules that are pinned to one host: their node is watched.
CREATE INDEX rota_schedule_pinned ON rota_schedule (name)
    WHERE enabled AND strpos(policies, '"placement":"node:') > 0;
