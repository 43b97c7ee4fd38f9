"""The API is what its description says: schemathesis makes requests from it and judges answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

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
from rota.web.api.openapi import document, operation_id
from rota.web.api.policies import POLICIES
from rota.web.api.queries import schema_of

# A node runs beside it, and what its threads draw Hypothesis takes for its own strategy's doing.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")

SHORT = 10  # requests of each endpoint in the short run
LONG = 800  # of which what takes no parameters has only a few to make
WALKS = 10


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


def newsroom() -> Rota:
    rota = Rota("memory://")

    @rota.task("news.tidy", schedule="every 1h")
    def tidy(days: int = 7) -> str:
        return f"{days}"

    @rota.task("news.broken", schedule=manual())
    def broken() -> None:
        raise ValueError("no")

    return rota


def page_of(rota: Rota) -> Any:
    return rota.web(user=lambda request: User("fuzz", "admin"))


@pytest.fixture(scope="module")
def app() -> Iterator[Counting]:
    rota = newsroom()
    rota.start()  # without a node health says 503, and is right
    rota.schedules.run("news.tidy")
    yield Counting(page_of(rota))
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
        answer = case.call()
        excused = [checks.negative_data_rejection] if in_order(case, answer) else []
        case.validate_response(answer, excluded_checks=[*NOT_JUDGED, *excused])

    judge()


def in_order(case: Any, answer: Any) -> bool:
    """Whether a wrong request need not be refused, or was: 412 is a refusal too; and where only the
    query was made wrong it may have come out right, for as text {} is nothing.
    """
    if answer.status_code == 412:
        return True
    wrong = {
        place.value
        for place, how in case.meta.components.items() if how.mode == GenerationMode.NEGATIVE
    }  # fmt: skip
    endpoint = BY_ID[case.operation.definition.raw["operationId"]]
    given = parse_qs(urlsplit(answer.request.url).query, keep_blank_values=True)
    return wrong == {"query"} and all(
        fits(schema_of(endpoint, name), given[name]) for name in endpoint.query if name in given
    )


def fits(schema: Any, given: list[str]) -> bool:
    """Whether texts in an address are what a schema of ours allows."""
    if schema.get("type") == "array":
        return all(one in schema["items"]["enum"] for one in given)
    if "enum" in schema:
        return given[-1] in schema["enum"]
    if schema["type"] == "integer":
        number = int(given[-1]) if given[-1].isascii() and given[-1].isdigit() else -1
        return bool(schema["minimum"] <= number <= schema["maximum"])
    return len(given[-1]) <= schema["maxLength"]


BY_ID = {operation_id(one): one for one in ENDPOINTS}

# Valid by the schema may still be a task that is not there; the same goes for a door that is open.
NOT_JUDGED = [checks.positive_data_acceptance, checks.ignored_auth]
ASKED = [
    (f"/api/v1{one.path}", one.method) for one in ENDPOINTS if one.path != "/stream"
]  # which lasts a minute


@pytest.mark.parametrize("path, method", ASKED)
def test_no_lie_in_a_few_requests(app: Counting, path: str, method: str) -> None:
    ask(app, path, method, SHORT)


def wander(walks: int, steps: int) -> Counter[int]:
    """From answer to answer by the links: what was made is found, what was removed is gone. Each
    walk has a store of its own, and no node, so that it goes the same way twice.
    """
    app = Counting(page_of(newsroom()))
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    machine = schema.exclude(path_regex="/(stream|health)$").as_state_machine()

    class Walk(machine):  # type: ignore[misc, valid-type]
        def setup(self) -> None:
            app.app = page_of(newsroom())

        def before_call(self, case: Any) -> None:
            kinds = {how.mode for how in case.meta.components.values()}
            new = case.method == "POST" and case.path == "/api/v1/schedules"
            if new and GenerationMode.NEGATIVE not in kinds:  # with luck alone no task is there
                case.body = {"name": case.body["name"], "task": "news.tidy", "trigger": "every 1h"}

        def validate_response(self, answer: Any, case: Any, **more: Any) -> None:
            excused = [checks.negative_data_rejection] if in_order(case, answer) else []
            case.validate_response(answer, excluded_checks=[*NOT_JUDGED, *excused], **more)

    Walk.run(
        settings=settings(
            max_examples=walks, stateful_step_count=steps, deadline=None, database=None,
            derandomize=walks == WALKS, suppress_health_check=list(HealthCheck),
        )
    )  # fmt: skip
    print(dict(sorted(app.statuses.items())))
    return app.statuses


def test_the_answers_lead_on() -> None:
    statuses = wander(WALKS, 12)
    assert statuses[201] > 1, "nothing was made"
    assert statuses[200] > 10


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_answers_lead_on_and_on() -> None:
    wander(150, 25)


@pytest.mark.long
@pytest.mark.timeout(2_400)
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
