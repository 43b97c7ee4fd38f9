"""Who acts, and from where: known where a request or a command begins, read where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ("Actor", "acting", "actor")


@dataclass(frozen=True, slots=True)
class Actor:
    """The way in that a change takes: page, api, cli or code, and the name of whoever took it."""

    origin: str = "code"
    user: str | None = None


CODE = Actor()
CURRENT: ContextVar[Actor] = ContextVar("rota_actor", default=CODE)


def actor() -> Actor:
    """Whoever acts here and now; code, unless a request or a command has said otherwise."""
    return CURRENT.get()


@contextmanager
def acting(origin: str, user: str | None = None) -> Iterator[None]:
    """What is changed inside comes from there, also on threads that are given this context.

    >>> with acting("cli", "ada"):
    ...     actor()
    Actor(origin='cli', user='ada')
    >>> actor()
    Actor(origin='code', user=None)
    """
    before = CURRENT.set(Actor(origin, user))
    try:
        yield
    finally:
        CURRENT.reset(before)
