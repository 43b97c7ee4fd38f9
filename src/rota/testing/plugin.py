"""The pytest plugin: a settable clock and nodes driven by hand, as fixtures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from rota.testing.clock import SettableClock

if TYPE_CHECKING:
    from rota.app import Rota
    from rota.testing.manual import ManualNode

__all__ = ("rota_clock", "rota_node")


@pytest.fixture
def rota_clock() -> SettableClock:
    """The clock of this test's nodes; it stands still until it is moved."""
    return SettableClock()


@pytest.fixture
def rota_node(rota_clock: SettableClock) -> Iterator[Callable[..., ManualNode]]:
    """Makes nodes driven by hand, of given applications, that end with the test."""
    from rota.testing.manual import ManualNode

    with ExitStack() as nodes:

        def make(rota: Rota, start: datetime | None = None) -> ManualNode:
            return nodes.enter_context(ManualNode(rota, start, clock=rota_clock))

        yield make
