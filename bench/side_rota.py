"""Rota with its defaults on a SQLite file: every run recorded, its history kept."""

from __future__ import annotations

import logging
import time

from measure import READY, Marks, Window, moment, named

from rota import Rota

NAME = named("Rota", "rota")
IMPORT = "import rota\n"
CONSTRUCT = "rota.Rota('sqlite:///{path}')"

logging.disable(logging.WARNING)
marks = Marks(0)


def tick() -> None:
    marks.mark()


def made(path: str) -> Rota:
    rota = Rota(f"sqlite:///{path}")
    rota.task("bench.tick")(tick)
    return rota


def burst(path: str, count: int, due: float) -> dict[str, float]:
    marks.__init__(count)
    rota = made(path)
    began = time.time()
    for number in range(count):
        rota.schedules.add(f"tick-{number}", "bench.tick", f"at {moment(due).isoformat()}")
    adding, spare = time.time() - began, due - READY - time.time()
    if spare > 0:
        rota.start()
        marks.full.wait(120)
    figures = marks.since(due)
    rota.stop()
    return {"spare": spare, "adding": adding, **figures}


def steady(path: str, seconds: int) -> dict[str, object]:
    rota = made(path)
    start = float(int(time.time()) + 3)
    rota.schedules.add("tick", "bench.tick", f"every 1s from {moment(start).isoformat()}")
    rota.start()
    time.sleep(start - 0.5 - time.time())
    marks.__init__(seconds + 1)
    window = Window()
    time.sleep(seconds)
    figures = window.close()
    late = [(when - start) % 1 * 1000 for when in marks.times[:seconds]]
    rota.stop()
    return {**figures, "late": late}
