-- The old value is read before the new one is set, because only its row makes the setting.
WITH before AS MATERIALIZED (SELECT current_setting('search_path') AS path),
    change AS MATERIALIZED (SELECT path, set_config('search_path', $1::text, true) FROM before)
SELECT path FROM change WHERE set_config IS NOT NULL;
