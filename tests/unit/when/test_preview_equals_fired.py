"""What a preview shows is what fires: the engine asks the same function as `Trigger.next`.

A real machine and a real store (memory) are driven by hand; every slot that the preview promises
from the schedule's creation on has to become a run, with nothing before, between or after.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from driving import Driven
from rota.engine.messages import Changed
from rota.instants import from_datetime, to_datetime

from .test_properties import TEXTS, made

COUNT = 6
MORE = st.sampled_from(
    [
        "every 20m after end",
        "every 1d between 08:00-09:00 after end in Europe/Prague",
        "every 45m on mon,sun between 23:00-02:30 in America/New_York",
        "rrule FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=2;BYMINUTE=30 in Europe/Prague",
        "rrule FREQ=DAILY;COUNT=3;BYHOUR=9",
        "kentico minute;3/2/2024 2:00:17 AM;33;22:00:00;03:00:00;Saturday,Sunday in Europe/Prague",
        "kentico month;1/31/2024 2:30:00 AM;1;-1 in Europe/Prague",
        "sitecore 20240101T023000||65|1.00:00 anchored in Europe/Prague",
        "cron H H(1-3) * * * in Europe/Prague",
        "cron */20 * * * * * or every 50s",
        "at 2026-03-29T02:30 or at 2026-10-25T02:30 or daily at 02:30 in Europe/Prague fold both",
    ]
)


@settings(max_examples=120)
@given(st.one_of(TEXTS, MORE), st.integers(0, 400 * 86_400), st.booleans())
def test_previewed_times_equal_fired_times(text: str, begin: int, late: bool) -> None:
    rule = made(text)
    driven = Driven(overlap=100)
    driven.advance(begin)
    row = driven.add("nightly", text)
    created = to_datetime(row.created)
    previewed = rule.next(created, COUNT, anchor=created, seed="nightly")

    driven.step(Changed())
    for time in previewed:
        wait = from_datetime(time) - driven.clock.now()
        if late and wait > 1_000_000:  # nothing may fire while it is too early
            before = len(driven.started)
            driven.advance((wait - 1_000_000) / 1e6)
            assert len(driven.started) == before
        driven.advance((from_datetime(time) - driven.clock.now()) / 1e6)
        for run in driven.started:
            if driven.store.run(run.id).state == "running":
                driven.end(run)

    assert [to_datetime(run.due) for run in driven.started] == previewed
    now = driven.clock.now()
    assert {run.state for run in driven.runs() if run.due <= now} <= {"succeeded"}
    if len(previewed) < COUNT:
        assert driven.store.schedule("nightly").next_due is None
