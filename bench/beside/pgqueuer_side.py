"""PgQueuer on PostgreSQL: its queue for the burst, its scheduler for each second."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import timedelta

import asyncpg
from common import Marks, given, named, tell, wait_for
from pgqueuer import AsyncpgDriver, PgQueuer
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

NAME = named("PgQueuer", "pgqueuer")
marks = Marks()


async def main() -> None:
    wish = given()
    count, seconds = int(str(wish["count"])), int(str(wish["seconds"]))
    batch = int(str(wish.get("batch", 10)))
    connect = str(wish["url"])
    queries = Queries(AsyncpgDriver(await asyncpg.connect(connect)))
    await queries.install()
    manager = PgQueuer(AsyncpgDriver(await asyncpg.connect(connect)))
    settled = f"synchronous_commit=on, batches of {batch}"
    if wish["work"] == "burst":

        @manager.entrypoint("tick")
        async def tick(job: object) -> None:
            marks.mark()

        await queries.enqueue(["tick"] * count, [b""] * count, [0] * count, [timedelta(0)] * count)
        running = asyncio.create_task(manager.run(batch_size=batch, mode=QueueExecutionMode.drain))
        await wait_for(marks, count, asyncio.sleep)
        await asyncio.wait([running], timeout=10)
        tell(NAME, settled, **marks.burst())
    for number in range(count):

        async def each(schedule: object) -> None:
            marks.mark()

        manager.schedule(f"tick-{number}", "* * * * * *")(each)
    running = asyncio.create_task(manager.run(batch_size=batch))
    await asyncio.sleep(4)
    start = float(int(time.time()) + 2)
    await asyncio.sleep(start + seconds + 0.9 - time.time())
    tell(NAME, settled, **marks.late(start, seconds))


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    asyncio.run(main())
