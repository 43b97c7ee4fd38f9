SELECT current_setting('server_version'), current_setting('server_version_num')::integer,
    current_setting('server_encoding'), current_setting('transaction_read_only'),
    current_setting('fsync'), current_setting('synchronous_commit'),
    current_setting('full_page_writes'),
    (SELECT oid::text FROM pg_database WHERE datname = current_database());
