"""The suite that says what a store is: every verb, once, twice, late, and from a lost node.

A store of your own proves itself in four lines of a test module:

    from rota.testing.conformance import StoreConformance

    class TestMyStore(StoreConformance):
        def make_store(self, clock, folder):
            return MyStore(folder / "my.store", clock)
"""

from __future__ import annotations

import pytest

TOPICS = ("ahead", "backfilling", "base", "browsing", "changes", "claiming", "deciding", "ending",
          "events", "leases", "life", "missing", "overlap", "people", "placing", "reading",
          "retention", "schedules", "taking", "terms", "withdrawing")  # fmt: skip
pytest.register_assert_rewrite(*(f"{__name__}.{topic}" for topic in TOPICS))

# Only after the line above do the asserts of these explain themselves.
from rota.testing.conformance.ahead import Ahead  # noqa: E402
from rota.testing.conformance.backfilling import Backfilling  # noqa: E402
from rota.testing.conformance.base import Base  # noqa: E402
from rota.testing.conformance.browsing import Browsing  # noqa: E402
from rota.testing.conformance.changes import Changes  # noqa: E402
from rota.testing.conformance.claiming import Claiming  # noqa: E402
from rota.testing.conformance.deciding import Deciding  # noqa: E402
from rota.testing.conformance.ending import Ending  # noqa: E402
from rota.testing.conformance.events import Events  # noqa: E402
from rota.testing.conformance.leases import Leases  # noqa: E402
from rota.testing.conformance.life import Life  # noqa: E402
from rota.testing.conformance.missing import Missing  # noqa: E402
from rota.testing.conformance.overlap import Overlap  # noqa: E402
from rota.testing.conformance.people import People  # noqa: E402
from rota.testing.conformance.placing import Placing  # noqa: E402
from rota.testing.conformance.reading import Reading  # noqa: E402
from rota.testing.conformance.retention import Retention  # noqa: E402
from rota.testing.conformance.schedules import Schedules  # noqa: E402
from rota.testing.conformance.taking import Taking  # noqa: E402
from rota.testing.conformance.terms import Terms  # noqa: E402
from rota.testing.conformance.withdrawing import Withdrawing  # noqa: E402

__all__ = ("StoreConformance",)


class StoreConformance(
    Life,
    Schedules,
    Deciding,
    Claiming,
    Overlap,
    Backfilling,
    Taking,
    Ahead,
    Withdrawing,
    Placing,
    Ending,
    Missing,
    Reading,
    Browsing,
    Leases,
    Terms,
    Events,
    Retention,
    People,
    Changes,
    Base,
):
    """All topics in one class: give it `make_store` and name it `Test…`."""
