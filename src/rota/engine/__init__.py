"""The engine: from schedules that are due to runs that have ended, and the services around them."""
