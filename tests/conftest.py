"""What every folder of tests shares: how hard Hypothesis looks, and an environment of its own."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from rota.app import PROCESS
from rota.engine.people import passwords

settings.register_profile(
    "dev",
    deadline=None,  # two cores are shared with everything else that runs
    suppress_health_check=[HealthCheck.too_slow],
)
# CI tries the same examples every time, so that a red one belongs to the change it stands on;
# the search for new ones is `make test-long`'s and everybody's own machine's.
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.register_profile("long", settings.get_profile("dev"), max_examples=2_000)


def pytest_configure(config: pytest.Config) -> None:
    long = config.getoption("-m") == "long or not long"
    settings.load_profile("long" if long else "ci" if os.environ.get("CI") else "dev")


@pytest.fixture(autouse=True)
def _nothing_from_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ROTA_… variable of the person who runs the tests reaches them, and a client command that
    one of them ran in this process keeps no other from being a node.
    """
    monkeypatch.setattr(PROCESS, "client", False)
    for name in [name for name in os.environ if name.startswith("ROTA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> None:
    """A hash that is made to be slow would make slow tests; what it costs is no part of them."""
    passwords.COST.update(time_cost=1, memory_cost=8, parallelism=1)
