"""Whatever is sent to a page, by address or by form, it answers; nothing typed breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import DrawFn, composite, dictionaries, lists, sampled_from, text
from starlette.testclient import TestClient

from rota import Rota, every, manual
from rota.web import User
from rota.web.access import NEEDS, OPEN
from rota.web.headers import POLICY
from rota.web.pages.bulk import ACTIONS
from rota.web.pages.editing import TABS
from web.fake import HOSTILE

SHORT, LONG = 25, 600
POSTED = [route[5:] for route, role in NEEDS.items()
          if route.startswith("POST ") and "/api/" not in route and role != OPEN]  # fmt: skip
READ = [route[4:] for route, role in NEEDS.items()
        if route.startswith("GET ") and "/api/" not in route and role != OPEN]  # fmt: skip
ASKED = ("q", "status", "task", "last", "on", "origin", "sort", "cursor", "state", "kind", "level",
         "find", "at", "view", "day", "trigger", "title", "format", "action", "subject", "user",
         "schedule", "run", "did", "name")  # fmt: skip
# Texts that programs read as numbers, times and JSON, and that are none or too much of it.
ODD = (
    "", "0", "1", "-1", "2", "²", "٣", "9" * 18, "9" * 5_000, "1e999", "NaN", "0.1", "true", "on",
    "null", "[]", "{}", '{"a": {}}', "[" * 2_000, "\ud800", "\x00", "::", "|||", "save", "task",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-99-99T99:99", "at 9999-12-31T23:59:59Z",
    "every 5m", "daily at 09:00", "2026-02-30", "0001-01-01T00:00", "9999-12-31T23:59:59.999999",
    "24:00", "mon", "UTC", "../../etc/passwd", "Europe/Prague", "24:00:00", "127", "for", "until",
    "weekly", "monthly", "kentico", "sitecore", "rrule", "cron", "text", "sentence", "any.any",
)  # fmt: skip
ZONES = ("UTC", "Pacific/Kiritimati", "America/New_York", "../etc/passwd")
VALUES = sampled_from([*ODD, *HOSTILE]) | text(max_size=12)
# What leads further than the first refusal.
FITTING = {
    "kind": [kind for kind, _ in TABS], "do": ["save", "task"], "version": ["1", "2", "3"],
    "task": ["any.any", "any.other"], "name": ["mine", "any.any"], "how": ["for", "until"],
    "action": list(ACTIONS), "revision": ["1", "2"], "base": ["{}", '{"policies": 1, "title": []}'],
}  # fmt: skip


@pytest.fixture(scope="module")
def rota() -> Iterator[Rota]:
    rota = Rota("memory://", app="desk")

    @rota.task("any.any", schedule=every("1h"), title="Anything")
    def anything(
        days: int = 7, share: float = 0.5, whole: bool = False, since: date | None = None,
        wait: timedelta = timedelta(minutes=90), way: Literal["mail", "print"] = "mail",
        price: Decimal = Decimal("1.5"), readers: list[str] | None = None,
        at: datetime = datetime(2026, 3, 2, tzinfo=UTC),
    ) -> None: ...  # fmt: skip

    rota.task("any.other", schedule=manual())(lambda: None)
    rota.schedules.run("any.any")
    yield rota
    rota.close()


@pytest.fixture(scope="module")
def client(rota: Rota) -> TestClient:
    return TestClient(
        rota.web(user=lambda request: User("ada", "admin")), base_url="https://rota.example",
        follow_redirects=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def names(client: TestClient) -> list[str]:
    """Every field that a form of ours has."""
    pages = ("/new", "/schedules/any.any/edit", "/schedules/any.any/pause", "/schedules",
             "/schedules/any.any/relink?task=any.any", "/schedules/any.any/run-with",
             "/schedules/any.any/revisions")  # fmt: skip
    found = {
        name for path in pages for name in re.findall(r'\bname="([^"]+)"', client.get(path).text)
    }
    assert {"trigger", "p.days", "policy.timeout", "kind", "how", "version"} <= found
    return sorted(found | {"pick.title", "pick.trigger", "parameters", "revision", "base", "mend"})


def where(path: str) -> str:
    return path.replace("{name}", "any.any").replace("{id}", "1")


def sound(answer: object) -> None:
    assert answer.status_code < 500, answer.text  # type: ignore[attr-defined]
    assert answer.headers["content-security-policy"] == POLICY  # type: ignore[attr-defined]


@composite
def some(draw: DrawFn, names: Sequence[str], led: bool = False) -> dict[str, list[str]]:
    """A few fields with odd texts; where it is led, with fitting ones among them."""
    odd = lists(VALUES, min_size=1, max_size=2)
    fields = draw(dictionaries(sampled_from(names), odd, max_size=12))
    for name in draw(lists(sampled_from(list(FITTING)), unique=True)) if led else ():
        fields[name] = [draw(sampled_from(FITTING[name]))]
    kind = fields.get("kind", [""])[-1]
    own = [name for name in names if name.startswith(f"when.{kind}")]
    for name in draw(lists(sampled_from(own), unique=True)) if led and kind and own else ():
        fields[name] = draw(odd)
    return fields


def judged(client: TestClient, rota: Rota, path: str, names: list[str], count: int) -> None:
    @settings(
        max_examples=count, deadline=None, database=None, derandomize=count == SHORT,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(fields=some(names, led=True), zone=sampled_from(ZONES))
    def post(fields: dict[str, list[str]], zone: str) -> None:
        sound(client.post(where(path), data=plain(fields), headers=seen_from(zone)))
        if path.endswith("/remove"):
            client.post(where("/schedules/{name}/restore"))

    post()


def seen_from(zone: str) -> dict[str, str]:
    """What the browser of a reader in that zone sends."""
    return {"cookie": f"rota_zone={zone}", "sec-fetch-site": "same-origin"}


def plain(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """As a browser sends it: half a sign becomes a whole one of its own."""
    return {name: [one.encode("utf-8", "replace").decode() for one in some]
            for name, some in fields.items()}  # fmt: skip


@pytest.mark.parametrize("path", POSTED)
def test_no_form_breaks(client: TestClient, rota: Rota, names: list[str], path: str) -> None:
    judged(client, rota, path, names, SHORT)


@pytest.mark.parametrize("path", READ)
def test_no_address_breaks(client: TestClient, path: str) -> None:
    @settings(max_examples=SHORT, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(fields=some(ASKED), zone=sampled_from(ZONES))
    def get(fields: dict[str, list[str]], zone: str) -> None:
        sound(client.get(where(path), params=plain(fields), headers=seen_from(zone)))

    get()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("end", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_time_break_nobodys_page(
    client: TestClient, rota: Rota, zone: str, end: str
) -> None:
    """There some clocks have no such day."""
    rota.schedules.add("far", "any.other", f"at {end}")
    for path in ("/schedules", "/", "/timeline", "/schedules/far", "/schedules/far/edit",
                 "/schedules/far/pause", f"/schedules/far?at={end}", f"/preview?trigger=at {end}",
                 f"/new?trigger=at {end}"):  # fmt: skip
        answer = client.get(path, headers=seen_from(zone))
        assert answer.status_code == 200, path
    rota.schedules.remove("far")


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_no_form_breaks_in_ten_thousand(client: TestClient, rota: Rota, names: list[str]) -> None:
    for path in POSTED:
        judged(client, rota, path, names, LONG)
