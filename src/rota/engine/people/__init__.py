"""People and programs: who may sign in, and with which keys."""
