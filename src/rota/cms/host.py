"""What the models ask of a Rota: nothing but this, so that arrows point one way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rota.engine.client.context import Context
from rota.engine.client.lists import Nodes
from rota.engine.schedules.runs import Runs
from rota.engine.schedules.schedules import Schedules
from rota.engine.tasks.registry import Registry

__all__ = ("Host", "register")


class Host(Protocol):
    """A Rota, seen from a programming model."""

    context: Context
    registry: Registry
    schedules: Schedules
    runs: Runs
    nodes: Nodes
    zone: str

    @property
    def node_name(self) -> str | None: ...

    def provide(self, kind: type[Any], factory: Callable[..., object]) -> None: ...


def register(
    host: Host,
    identifier: str,
    code: Callable[..., object],
    *,
    origin: Callable[..., object],
    title: str | None = None,
    policies: Mapping[str, object] | None = None,
) -> None:
    """Register a model's code: `code` is what Rota calls, `origin` the class or function that the
    developer wrote, whose place a duplicate identifier is refused with.
    """
    host.registry.add(
        identifier, code, title=title, schedule=None, policies=policies or {}, origin=origin
    )
