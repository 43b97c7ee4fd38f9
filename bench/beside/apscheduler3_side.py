"""APScheduler 3 with its SQLAlchemy job store: ten threads, nothing merged, nothing too late."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from common import GIVE_UP, Marks, given, named, tell

NAME = named("APScheduler", "apscheduler")
marks = Marks()


def tick() -> None:
    marks.mark()


def main() -> None:
    wish = given()
    url, count, seconds = str(wish["url"]), int(str(wish["count"])), int(str(wish["seconds"]))
    scheduler = BackgroundScheduler(
        jobstores={
            "default": SQLAlchemyJobStore(url=url.replace("postgresql:", "postgresql+psycopg:"))
        },
        executors={"default": ThreadPoolExecutor(10)},
        job_defaults={"misfire_grace_time": None, "coalesce": False, "max_instances": 10},
        timezone="UTC",
    )
    settled = "SQLite’s defaults" if "sqlite" in url else "synchronous_commit=on"
    scheduler.start(paused=True)
    if wish["work"] == "burst":
        past = datetime.fromtimestamp(time.time() - 1, UTC)
        for number in range(count):
            scheduler.add_job(tick, DateTrigger(past), id=str(number))
        scheduler.resume()
        end = time.time() + GIVE_UP
        while len(marks.times) < count and time.time() < end:
            time.sleep(0.02)
        tell(NAME, settled, **marks.burst())
    start = float(int(time.time()) + 4 + count // 100)
    first = datetime.fromtimestamp(start, UTC)
    for number in range(count):
        scheduler.add_job(tick, IntervalTrigger(seconds=1, start_date=first), id=str(number))
    scheduler.resume()
    time.sleep(start + seconds + 0.9 - time.time())
    tell(NAME, settled, **marks.late(start, seconds))


if __name__ == "__main__":
    main()
