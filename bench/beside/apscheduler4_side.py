"""APScheduler 4: a coroutine (its cheapest executor) on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from apscheduler import AsyncScheduler, CoalescePolicy
from apscheduler.datastores.sqlalchemy import SQLAlchemyDataStore
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from common import Marks, given, named, tell, wait_for
from sqlalchemy.ext.asyncio import create_async_engine

NAME = named("APScheduler", "apscheduler")
marks = Marks()


async def tick() -> None:
    marks.mark()


def address(url: str) -> str:
    if url.startswith("sqlite:"):
        return url.replace("sqlite:", "sqlite+aiosqlite:", 1)
    return url.replace("postgresql:", "postgresql+asyncpg:", 1)


async def main() -> None:
    wish = given()
    url, count, seconds = str(wish["url"]), int(str(wish["count"])), int(str(wish["seconds"]))
    store = SQLAlchemyDataStore(create_async_engine(address(url)))
    settled = "SQLite’s defaults" if "sqlite" in url else "synchronous_commit=on"
    async with AsyncScheduler(store, cleanup_interval=None) as scheduler:
        await scheduler.configure_task(
            "tick", func=tick, max_running_jobs=1000, misfire_grace_time=None
        )
        if wish["work"] == "burst":
            past = datetime.now(UTC) - timedelta(milliseconds=1)
            for number in range(count):
                await scheduler.add_schedule("tick", DateTrigger(past), id=str(number))
            await scheduler.start_in_background()
            await wait_for(marks, count, asyncio.sleep)
            tell(NAME, settled, **marks.burst())
        await scheduler.start_in_background()
        start = float(int(time.time()) + 4 + count // 40)
        first = datetime.fromtimestamp(start, UTC)
        for number in range(count):
            rule = IntervalTrigger(seconds=1, start_time=first)
            await scheduler.add_schedule("tick", rule, id=str(number), coalesce=CoalescePolicy.all)
        await asyncio.sleep(start + seconds + 0.9 - time.time())
        tell(NAME, settled, **marks.late(start, seconds))


if __name__ == "__main__":
    asyncio.run(main())
