-- Two who change one schedule at once get numbers one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('rota_revision/' || $1, 0));
