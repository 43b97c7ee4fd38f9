"""The simulation: several real nodes on one virtual clock and one memory store, with seeded faults.

Machine, writer and keeper are those of production; threads, links, tasks and time are not. A seed
is a whole history, the same every time, and the checker judges it.

>>> from rota.instants import SECOND
>>> verdict = judge(seed=1, length=300 * SECOND)
>>> verdict.ok
True
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rota.testing.checker import Verdict, check
from rota.testing.history import History
from rota.testing.simulation.cluster import Cluster
from rota.testing.simulation.plan import DEEDS, FAULTS, OWN, PLACED, TASKS, Plan, plan

__all__ = (
    "DEEDS",
    "FAULTS",
    "OWN",
    "PLACED",
    "TASKS",
    "Cluster",
    "Plan",
    "judge",
    "plan",
    "simulate",
)


def simulate(seed: int, **options: Any) -> History:
    """The history of a seed; `options` are those of `plan`."""
    tasks = options.get("tasks", TASKS)
    with quiet():
        return Cluster(plan(seed, **options), tasks).run()


@contextmanager
def quiet() -> Iterator[None]:
    """What nodes log about thousands of faults is of no interest."""
    logger = logging.getLogger("rota")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def judge(seed: int, **options: Any) -> Verdict:
    """What the checker says about a seed."""
    return check(simulate(seed, **options))
