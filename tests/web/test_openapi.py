"""The API is what its description says: schemathesis makes requests from it and judges answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import one_of
from schemathesis import GenerationMode, checks
from starlette.types import Receive, Scope, Send

import http_reference
from rota import Rota, manual
from rota.engine.policies import NAMES
from rota.web import User
from rota.web.access import NEEDS
from rota.web.api import ENDPOINTS
from rota.web.api.openapi import document
from rota.web.api.policies import POLICIES

SHORT = 10  # requests of each endpoint in the short run
LONG = 1_000


class Counting:
    """The application, and how often each status was its answer."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.statuses: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1
            await send(message)

        await self.app(scope, receive, counted)


@pytest.fixture(scope="module")
def app() -> Iterator[Counting]:
    rota = Rota("memory://")

    @rota.task("news.tidy", schedule="every 1h")
    def tidy(days: int = 7) -> str:
        return f"{days}"

    @rota.task("news.broken", schedule=manual())
    def broken() -> None:
        raise ValueError("no")

    rota.start()  # without a node health says 503, and is right
    rota.schedules.run("news.tidy")
    yield Counting(rota.web(user=lambda request: User("fuzz", "admin")))
    rota.close()


def ask(app: Counting, path: str, method: str, count: int) -> None:
    """So many requests of one endpoint, half of them such as it promises to refuse; every answer
    is judged, and the first lie raises.
    """
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    operation = schema[path][method]
    kinds = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=count, deadline=None, database=None, derandomize=count == SHORT,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=one_of(*kinds))
    def judge(case: Any) -> None:
        case.call_and_validate(excluded_checks=NOT_JUDGED)

    judge()


# Valid by the schema may still be a task that is not there; the same goes for a door that is open.
NOT_JUDGED = [checks.positive_data_acceptance, checks.ignored_auth]
ASKED = [
    (f"/api/v1{one.path}", one.method) for one in ENDPOINTS if one.path != "/stream"
]  # which lasts a minute


@pytest.mark.parametrize("path, method", ASKED)
def test_no_lie_in_a_few_requests(app: Counting, path: str, method: str) -> None:
    ask(app, path, method, SHORT)


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_no_lie_in_twenty_thousand_requests(app: Counting) -> None:
    app.statuses.clear()
    for path, method in ASKED:
        ask(app, path, method, LONG)
    print(dict(sorted(app.statuses.items())))
    assert sum(app.statuses.values()) >= 20_000
    assert not [status for status in app.statuses if status >= 500 and status != 503]


def test_every_endpoint_is_described_with_its_role() -> None:
    described = {
        f"{method.upper()} {path}": operation["x-role"]
        for path, methods in document("")["paths"].items()  # type: ignore[attr-defined]
        for method, operation in methods.items()
    }
    assert described == {route: role for route, role in NEEDS.items() if "/api/" in route}


def test_every_policy_has_a_schema() -> None:
    assert tuple(POLICIES) == NAMES


def test_the_reference_is_up_to_date() -> None:
    found = http_reference.PAGE.read_text(encoding="utf-8")
    assert found == http_reference.reference(), "run: python tools/http_reference.py"
