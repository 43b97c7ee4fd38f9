SELECT identifier, title, source, schema, policies, seen FROM rota_task ORDER BY identifier;
