"""What forms hold: pure translations between typed fields and what the services take."""
