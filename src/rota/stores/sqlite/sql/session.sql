SELECT account.name, account.role, account.digest, account.created, account.changed
FROM rota_session AS session JOIN rota_account AS account ON account.name = session.account
WHERE session.key = ?1 AND session.expires > ?2;
