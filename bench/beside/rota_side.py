"""Rota with its defaults, every run recorded, its history kept; started before the due time."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime

from common import GIVE_UP, Marks, given, named, tell

from rota import Rota

NAME = named("Rota", "rota")
marks = Marks()


def tick() -> None:
    marks.mark()


def main() -> None:
    wish = given()
    count, seconds = int(str(wish["count"])), int(str(wish["seconds"]))
    rota = Rota(str(wish["url"]))
    rota.task("tick")(tick)
    settled = rota.describe()["durability"]
    lead = 4 + count / (150 if wish["work"] == "burst" else 100)
    start = float(math.ceil(time.time() + lead))
    when = datetime.fromtimestamp(start, UTC).isoformat()
    rule = f"at {when}" if wish["work"] == "burst" else f"every 1s from {when}"
    for number in range(count):
        rota.schedules.add(f"tick-{number}", "tick", rule)
    if time.time() > start - 1:
        raise SystemExit("adding the schedules took longer than the bench gave it")
    rota.start()
    if wish["work"] == "burst":
        end = start + GIVE_UP
        while len(marks.times) < count and time.time() < end:
            time.sleep(0.02)
        tell(NAME, settled, **marks.burst(since=start))
    time.sleep(start + seconds + 0.9 - time.time())
    tell(NAME, settled, **marks.late(start, seconds))


if __name__ == "__main__":
    main()
