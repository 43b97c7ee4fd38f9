"""The one place where a test waits for something that gives no signal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ("eventually",)

T = TypeVar("T")
STEP = 0.01


def eventually(look: Callable[[], T], within: float = 30.0, *, because: str = "") -> T:
    """The first true answer of `look`; AssertionError if there is none `within` seconds.

    Where there is a signal, wait for the signal. This is for what happens in another process.

    >>> eventually(lambda: "there")
    'there'
    """
    pause = threading.Event()
    end = time.monotonic() + within
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() >= end:
            what = because or getattr(look, "__name__", repr(look))
            raise AssertionError(f"not within {within} s: {what}; the last answer was {answer!r}")
        pause.wait(STEP)
