"""What runs say goes to the store in bounded pieces, however much it is."""

from __future__ import annotations

from rota.engine.attempts.outbox import AT_ONCE, HELD, Outbox
from rota.ports.records import LogLine, Progress


def test_lines_go_in_bounded_pieces_and_in_their_order() -> None:
    outbox = Outbox()
    for number in range(AT_ONCE * 2 + 5):
        outbox.log(LogLine(1, number, 0, "info", "", ""))
    pieces = [outbox.drain()[1] for _ in range(4)]
    assert [len(piece) for piece in pieces] == [AT_ONCE, AT_ONCE, 5, 0]
    assert [line.number for piece in pieces for line in piece] == list(range(AT_ONCE * 2 + 5))


def test_no_more_is_held_than_memory_is_given() -> None:
    outbox = Outbox()
    for number in range(HELD + 7):
        outbox.log(LogLine(1, number, 0, "info", "", ""))
    assert len(outbox.lines) == HELD
    assert outbox.lines[0].number == 7, "the oldest went first"


def test_of_a_run_s_progress_only_the_latest_is_written() -> None:
    outbox = Outbox()
    for part in range(1_000):
        outbox.progress(Progress(1, 1, part / 1_000, ""))
    (progress,), _ = outbox.drain()
    assert progress.fraction == 0.999
    assert not outbox
