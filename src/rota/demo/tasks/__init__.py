"""The site's scheduled work: one piece a file, plain functions and one class.

`timetable.py`, one folder up, says when each is done.
"""
