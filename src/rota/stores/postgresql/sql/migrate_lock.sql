-- One process migrates; the others wait and find it done. The number says “rota” in ASCII.
SELECT pg_advisory_xact_lock(1919906913, hashtext($1));
