"""Huey on SQLite: a schedule table that its scheduler moves to the queue; no history is kept."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from common import GIVE_UP, Marks, given, named, tell
from huey import SqliteHuey

NAME = named("Huey", "huey")
marks = Marks()
wish = given()
huey = SqliteHuey("bench", filename=str(wish["url"]).removeprefix("sqlite:///"), results=False)


@huey.task()
def tick() -> None:
    marks.mark()


def store(count: int, due: float) -> None:
    when = datetime.fromtimestamp(due, UTC).replace(tzinfo=None)
    for _ in range(count):
        one = tick.s()
        one.eta = when
        huey.add_schedule(one)


def consume() -> None:
    consumer = huey.create_consumer(workers=1)
    consumer._set_signal_handlers = lambda: None
    threading.Thread(target=consumer.run, daemon=True).start()


def main() -> None:
    count, seconds = int(str(wish["count"])), int(str(wish["seconds"]))
    if wish["work"] == "burst":
        store(count, time.time() - 1)
        consume()
        end = time.time() + GIVE_UP
        while len(marks.times) < count and time.time() < end:
            time.sleep(0.02)
        tell(NAME, "its defaults", **marks.burst())
    start = float(int(time.time()) + 4 + count * seconds // 1000)
    for second in range(seconds):  # its periodic tasks know minutes only: one-off times stand in
        store(count, start + second)
    consume()
    time.sleep(start + seconds + 0.9 - time.time())
    tell(NAME, "its defaults", **marks.late(start, seconds))


if __name__ == "__main__":
    main()
