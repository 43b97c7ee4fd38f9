"""An application whose tasks run in child processes, most of them badly. Children import it."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rota import Failed, Rota, Run

if os.environ.get("PROCESSES_BREAK"):
    raise RuntimeError("this application cannot be imported today")

rota = Rota("memory://", concurrency=4)


class Mailer:
    def __init__(self) -> None:
        self.open = True


def open_mailer() -> Iterator[Mailer]:
    yield Mailer()
    print("mailer closed")


rota.provide(Mailer, open_mailer)


@dataclass
class Size:
    width: int
    height: int = 2


@rota.task("typed", executor="process")
def typed(run: Run, mailer: Mailer, day: date, price: Decimal, size: Size, times: int = 1) -> str:
    assert mailer.open
    assert isinstance(day, date)
    return f"{day:%d.%m.} {price + 1} {size.width * size.height} {times} {run.kind}"


@rota.task("speaks", executor="process", schedule="manual")
def speaks(run: Run) -> str:
    run.log.debug("one")
    print("two")
    for number in range(10_000):
        run.progress(number / 10_000, f"at {number}")
    run.progress(0.75, "nearly")
    before = run.previous
    return f"{os.getpid()} {before.result if before else None}"


@rota.task("waits", executor="process")
def waits(run: Run) -> None:
    print(os.getpid())
    while True:
        run.checkpoint()
        threading.Event().wait(0.01)


@rota.task("awaits", executor="process")
async def awaits(run: Run) -> None:
    print(os.getpid())
    try:
        await asyncio.Event().wait()
    finally:
        print("tidied up")


@rota.task("quick", executor="process")
async def quick() -> str:
    await asyncio.sleep(0)
    return str(os.getpid())


def stubborn() -> None:
    print(os.getpid())
    try:
        while True:
            threading.Event().wait(10)
    finally:
        print("put away")


@rota.task("deaf", executor="process")
def deaf() -> None:
    stubborn()


@rota.task("ignores", executor="process")
def ignores() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stubborn()


@rota.task("bomb", executor="process")
def bomb() -> None:
    pids = []
    for _ in range(20):
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True:
                signal.pause()
        pids.append(pid)
    print(*pids)
    stubborn()


@rota.task("forks", executor="process")
def forks() -> str:
    return "copy" if os.fork() == 0 else "original"


@rota.task("leaves_one", executor="process")
def leaves_one() -> None:
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            signal.pause()
    print(pid)


@rota.task("segfault", executor="process")
def segfault() -> None:
    print("about to")
    ctypes.string_at(0)


@rota.task("abort", executor="process")
def abort() -> None:
    os.abort()


@rota.task("exits", executor="process")
def exits(code: int = 0) -> None:
    os._exit(code)


@rota.task("once_more", executor="process", retries=1, backoff="1s..1s")
def once_more(run: Run) -> str:
    if run.attempt == 1:
        os._exit(1)
    return "the second time"


@rota.task("raises", executor="process")
def raises() -> None:
    raise ValueError("as an exception")


@rota.task("fails", executor="process")
def fails() -> Failed:
    return Failed("without a traceback")


@rota.task("leaves", executor="process")
def leaves() -> None:
    sys.exit(3)


@rota.task("prints", executor="process")
def prints() -> str:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    for _ in range(100):
        print("x" * 1_000_000)
    return "y" * 100_000_000


@rota.task("closes", executor="process")
def closes() -> None:
    print(os.getpid())
    os.closerange(3, 200)
    stubborn()


@rota.task("scribbles", executor="process")
def scribbles(text: str) -> str:
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, text.encode())
        except OSError:
            continue
    return "done"


@rota.task("plain")
def plain() -> str:
    return str(os.getpid())
