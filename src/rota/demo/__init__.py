"""A small real content site whose scheduled work is done by Rota: what `make demo` starts.

Nothing else imports this package. Read it as an example: `timetable.py` is all that the site tells
Rota, `tasks/` is the work, and the rest is a site that would be the same without Rota.
"""
