"""APScheduler 3 in the setting its users put into production: a SQLAlchemy job store on SQLite.

Its defaults, but for two that would lose or merge runs: no grace time, no coalescing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from measure import READY, Marks, Window, moment, named

NAME = named("APScheduler", "apscheduler")
IMPORT = (
    "from apscheduler.schedulers.background import BackgroundScheduler\n"
    "from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore\n"
)
CONSTRUCT = (
    "BackgroundScheduler(jobstores={{'default': SQLAlchemyJobStore(url='sqlite:///{path}')}})"
)

logging.disable(logging.WARNING)
marks = Marks(0)


def tick() -> None:
    marks.mark()


@contextmanager
def scheduler(path: str) -> Iterator[BackgroundScheduler]:
    """A paused scheduler over that file, with the ten threads it has by default."""
    store = SQLAlchemyJobStore(url=f"sqlite:///{path}")
    made = BackgroundScheduler(
        jobstores={"default": store},
        executors={"default": ThreadPoolExecutor(10)},
        job_defaults={"misfire_grace_time": None, "coalesce": False},
        timezone="UTC",
    )
    made.start(paused=True)
    yield made
    made.shutdown(wait=True)
    store.engine.dispose()


def burst(path: str, count: int, due: float) -> dict[str, float]:
    marks.__init__(count)
    with scheduler(path) as made:
        began = time.time()
        for number in range(count):
            made.add_job(tick, DateTrigger(moment(due)), id=str(number))
        adding, spare = time.time() - began, due - READY - time.time()
        if spare > 0:
            made.resume()
            marks.full.wait(120)
    return {"spare": spare, "adding": adding, **marks.since(due)}


def steady(path: str, seconds: int) -> dict[str, object]:
    with scheduler(path) as made:
        start = float(int(time.time()) + 3)
        made.add_job(tick, IntervalTrigger(seconds=1, start_date=moment(start), timezone="UTC"))
        made.resume()
        time.sleep(start - 0.5 - time.time())
        marks.__init__(seconds + 1)
        window = Window()
        time.sleep(seconds)
        figures = window.close()
    return {**figures, "late": [(when - start) % 1 * 1000 for when in marks.times[:seconds]]}
