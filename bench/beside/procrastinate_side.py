"""procrastinate on PostgreSQL: deferred work for the burst, periodic tasks for each second."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import procrastinate
from common import Marks, given, named, tell

NAME = named("procrastinate", "procrastinate")
AT_ONCE = 20
marks = Marks()
wish = given()
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=str(wish["url"])))


@app.task(name="tick")
async def tick(timestamp: float = 0.0) -> None:
    marks.mark()


async def main() -> None:
    count, seconds = int(str(wish["count"])), int(str(wish["seconds"]))
    settled = f"synchronous_commit=on, {AT_ONCE} at once"
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        if wish["work"] == "burst":
            past = datetime.now(UTC) - timedelta(seconds=1)
            await tick.configure(schedule_at=past).batch_defer_async(*[{} for _ in range(count)])
            await app.run_worker_async(
                concurrency=AT_ONCE, wait=False, install_signal_handlers=False
            )
            tell(NAME, settled, **marks.burst())
        for number in range(count):
            app.periodic(cron="* * * * * *", periodic_id=str(number))(tick)
        running = asyncio.create_task(
            app.run_worker_async(concurrency=AT_ONCE, install_signal_handlers=False)
        )
        await asyncio.sleep(4)
        start = float(int(time.time()) + 2)
        await asyncio.sleep(start + seconds + 0.9 - time.time())
        assert not running.done()
        tell(NAME, settled, **marks.late(start, seconds))


if __name__ == "__main__":
    asyncio.run(main())
