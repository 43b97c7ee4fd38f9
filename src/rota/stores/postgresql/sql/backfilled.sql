-- The slots of a schedule that have an open backfill.
SELECT due, target FROM rota_open WHERE schedule = $1 AND kind = 'backfill';
