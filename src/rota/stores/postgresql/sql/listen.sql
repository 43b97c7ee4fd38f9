LISTEN rota_changes;
