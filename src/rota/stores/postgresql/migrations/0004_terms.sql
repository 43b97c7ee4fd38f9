-- Who acts for all nodes, role by role. Rows stay when a term is over: its number must not return.
CREATE TABLE rota_term (
    role text COLLATE "C" PRIMARY KEY,
    node text COLLATE "C" NOT NULL,
    term bigint NOT NULL,
    until bigint NOT NULL -- by the database's clock
);
