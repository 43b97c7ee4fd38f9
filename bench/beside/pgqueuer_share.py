"""PgQueuer as one of several nodes: fills the queue, or works it off with others until it is empty.

It says `ready`, waits for a line, and tells how many it did and when it did the last.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import timedelta

import asyncpg
from common import given, named, tell
from pgqueuer import AsyncpgDriver, PgQueuer
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

NAME = named("PgQueuer", "pgqueuer")


async def fill(connect: str, count: int) -> None:
    """Install it and queue everything at once."""
    queries = Queries(AsyncpgDriver(await asyncpg.connect(connect)))
    await queries.install()
    await queries.enqueue(["short"] * count, [b""] * count, [0] * count, [timedelta(0)] * count)


async def work(connect: str, batch: int) -> None:
    """One node."""
    done, last = 0, 0.0
    manager = PgQueuer(AsyncpgDriver(await asyncpg.connect(connect)))

    @manager.entrypoint("short")
    async def short(job: object) -> None:  # it knows coroutines only
        nonlocal done, last
        await asyncio.sleep(0.001)
        done, last = done + 1, time.time()

    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await manager.run(batch_size=batch, mode=QueueExecutionMode.drain)
    tell(NAME, f"batches of {batch}", done=done, last=last)


async def main() -> None:
    wish = given()
    connect, batch = str(wish["url"]), int(str(wish.get("batch", 10)))
    if wish["work"] == "fill":
        await fill(connect, int(str(wish["count"])))
        os._exit(0)
    await work(connect, batch)


if __name__ == "__main__":
    asyncio.run(main())
