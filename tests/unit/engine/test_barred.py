"""What somebody else's transaction bars is left alone, shortly at first, and said once."""

from __future__ import annotations

from rota.engine.barred import LONGEST, Barred
from rota.instants import MILLISECOND
from rota.ports.records import Finish

END = Finish(7, 1, "succeeded", 0)


def test_a_schedule_is_left_alone_longer_each_time_but_never_for_more_than_a_second() -> None:
    barred, boot, pauses = Barred(), 0, []
    for _ in range(8):
        barred.bar("s", boot)
        assert barred.has("s", boot)
        pauses.append(barred.next() - boot)
        boot = barred.next()
        assert not barred.has("s", boot)
        assert barred.due(boot) == (True, [])
        assert barred.due(boot) == (False, [])  # it is read again once
    assert pauses[:3] == [50 * MILLISECOND, 100 * MILLISECOND, 200 * MILLISECOND]
    assert pauses[-1] == LONGEST


def test_once_free_it_begins_anew() -> None:
    barred = Barred()
    told = [barred.bar("s", 0) for _ in range(10)]
    assert told.count(True) == 1
    barred.free("s")
    assert not barred.has("s", 0)
    assert [barred.bar("s", 0) for _ in range(10)] == told


def test_an_end_is_kept_until_it_is_given_again() -> None:
    barred = Barred()
    barred.put_off(END, 5)
    assert barred.due(5 + LONGEST - 1) == (False, [])
    assert barred.ends
    assert barred.due(5 + LONGEST) == (False, [END])
    assert not barred.ends
