-- Two connections that answer alike speak to one database of one running server.
SELECT pg_postmaster_start_time()::text, oid::bigint
FROM pg_catalog.pg_database
WHERE datname = current_database();
