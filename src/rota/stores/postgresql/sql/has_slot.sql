SELECT 1 FROM rota_run WHERE schedule = $1 AND due = $2 AND target = $3 AND kind = 'slot';
