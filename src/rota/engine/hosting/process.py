"""What holds for the whole process: whether a node may live in it, and what a fork must forget."""

from __future__ import annotations

import os
import sys
import weakref
from typing import Protocol

from rota.engine.hosting.preconditions import check_process, only_manages, only_reloads

__all__ = ("PROCESS", "Process", "clients_only")


class Forgetful(Protocol):
    """An application that can let go of what belongs to the process it was forked from."""

    def forget(self) -> None:
        """Let go of it."""


class Process:
    """The process we are in."""

    def __init__(self) -> None:
        self.client = False  # nothing here becomes a node
        self.applications: weakref.WeakSet[Forgetful] = weakref.WeakSet()

    def takes_nodes(self) -> bool:
        """Whether an application becomes a node here; Refused where it should, and none can live.
        Not in client commands, with ROTA_START=0, in a reloader's own process, and in Django's
        own commands that soon end.
        """
        if self.client or os.environ.get("ROTA_START") == "0":
            return False
        if only_reloads(sys.argv, os.environ) or only_manages(sys.argv, sys.modules):
            return False
        check_process(sys.modules)
        return True

    def forget(self) -> None:
        """In the child of a fork: what the parent's applications hold is not ours."""
        for application in list(self.applications):
            application.forget()


PROCESS = Process()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=PROCESS.forget)


def clients_only() -> None:
    """From now on nothing in this process becomes a node: `start`, `lifespan` and `async with` do
    nothing. Client commands call it before they import an application.
    """
    PROCESS.client = True
