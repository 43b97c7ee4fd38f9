-- The channel is one for a whole database; who listens looks at the schema in the payload.
SELECT pg_notify('rota_changes', current_schema());
