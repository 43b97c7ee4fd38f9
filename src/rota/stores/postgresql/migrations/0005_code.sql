-- What the code says of its schedule, beside what is stored of it.
ALTER TABLE rota_schedule ADD COLUMN code text NOT NULL DEFAULT '{}';
