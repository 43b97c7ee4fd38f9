-- How long a statement of this transaction waits for a lock; 0: as long as it may take at all.
SELECT set_config('lock_timeout', $1::text, true);
