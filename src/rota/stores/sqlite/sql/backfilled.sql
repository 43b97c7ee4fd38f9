-- The slots of a schedule that have an open backfill.
SELECT due, target FROM rota_run
WHERE schedule = ?1 AND kind = 'backfill' AND finished IS NULL AND due_last IS NULL;
