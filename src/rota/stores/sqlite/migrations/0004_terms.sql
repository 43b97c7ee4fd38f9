-- Who acts for all nodes, role by role. Rows stay when a term is over: its number must not return.
CREATE TABLE rota_term (
    role TEXT PRIMARY KEY,
    node TEXT NOT NULL,
    term INTEGER NOT NULL,
    until INTEGER NOT NULL, -- by the clock of the boot that boot_id names
    boot_id TEXT NOT NULL
) WITHOUT ROWID;
