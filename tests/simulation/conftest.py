"""How much cluster time a session of simulations was: said in its last lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rota.instants import SECOND
from rota.testing.history import History
from rota.testing.simulation import Cluster

DAY = 86_400 * SECOND
LIVED: list[int] = []


@pytest.fixture(scope="session", autouse=True)
def _time_that_clusters_lived() -> Iterator[None]:
    run = Cluster.run

    def counted(self: Cluster) -> History:
        history = run(self)
        LIVED.append(history.end)
        return history

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cluster, "run", counted)
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    days = sum(LIVED) / DAY
    terminalreporter.write_line(f"{len(LIVED)} clusters lived for {days:.1f} days in all")
