"""Lists for people: the same words in a filter and on a row, and pages that follow each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rota import Rota
from rota.engine.client.items import Beat
from rota.errors import BadParameters


def shop() -> Rota:
    rota = Rota("memory://", app="shop")

    @rota.task("shop.sweep")
    def sweep() -> None:
        """Sweep."""

    for number in range(7):
        rota.schedules.add(f"s{number}", "shop.sweep", "every 1h", title=f"Sweep {number}")
    rota.schedules.add("hand", "shop.sweep", "manual", title="By hand")
    rota.schedules.pause("s3")
    rota.schedules.update("s4", enabled=False)
    return rota


def test_a_filter_finds_what_its_word_stands_on() -> None:
    rota = shop()
    everything = rota.schedules.browse(limit=100)
    for status in {item.status for item in everything}:
        found = rota.schedules.browse(statuses=(status,))
        assert [i.name for i in found] == [i.name for i in everything if i.status == status]
    alike, tasks = rota.schedules.tally()
    assert sum(one.count for one in alike) == len(everything) == 8
    assert tasks == [("shop.sweep", 8)]


def test_pages_follow_each_other() -> None:
    rota = shop()
    names, cursor = [], None
    while True:
        page = rota.schedules.browse(sort="next", limit=3, cursor=cursor)
        names += [item.name for item in page]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(names) == sorted({item.name for item in rota.schedules.browse(limit=100)})


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzEsMiwzXQ==", "\ud83d", "W3RydWUsIiIsIiJd"])
def test_a_strange_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadParameters):
        shop().schedules.browse(cursor=cursor)


def test_slots_are_those_of_the_trigger() -> None:
    rota = shop()
    made = rota.schedules.get("s0").next_run
    assert made is not None
    soon = rota.schedules.slots("s0", datetime(2000, 1, 1, tzinfo=UTC), made + timedelta(hours=2))
    assert soon == [made + timedelta(hours=step) for step in range(3)]
    assert rota.schedules.slots("hand", datetime(2000, 1, 1, tzinfo=UTC), made) == []


def test_upcoming_is_soonest_first() -> None:
    rota = shop()
    rota.schedules.add("soon", "shop.sweep", "every 1m")
    soon = rota.schedules.upcoming(datetime.now(UTC) + timedelta(hours=2))
    assert soon[0].name == "soon"
    assert "s3" not in {item.name for item in soon}


def test_the_latest_outcomes_and_those_between() -> None:
    rota = shop()
    for _ in range(3):
        rota.schedules.run("s0")
    run = rota.runs.list()[0]
    rota.runs.cancel(run.id)
    latest = rota.runs.latest(["s0", "s1"], 2)
    assert [one.state for one in latest["s0"]] == ["cancelled", "queued"]
    assert latest["s1"] == []
    assert rota.runs.beats(["s0", "s1"], 2) == {
        "s0": [Beat("cancelled", 0), Beat("queued", 0)], "s1": [],
    }  # fmt: skip
    assert len(rota.runs.between(run.due - timedelta(hours=1), run.due + timedelta(hours=1))) == 3
