"""What runs log and print is theirs, all of it bounded; the host sees what it always saw."""

from __future__ import annotations

import asyncio
import contextvars
import io
import logging
import os
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from typing import Any

import pytest

from rota.engine.attempts.capture import Capture
from rota.ports.records import LogLine

log = logging.getLogger("site.pages")


class Kept(list[LogLine]):
    @property
    def texts(self) -> list[str]:
        return [line.text for line in self]


@pytest.fixture
def lines() -> Kept:
    return Kept()


@pytest.fixture
def capture(lines: Kept) -> Iterator[Capture]:
    one = Capture(lines.append, now=lambda: 5)
    one.install()
    yield one
    one.uninstall()


@contextmanager
def host_stream(name: str = "stdout") -> Iterator[io.StringIO]:
    """A standard stream of the host's. Not a fixture: pytest sets its own between the phases."""
    before, stream = getattr(sys, name), io.StringIO()
    setattr(sys, name, stream)
    try:
        yield stream
    finally:
        setattr(sys, name, before)


def test_logs_and_prints_become_lines_of_their_run(lines: Kept, capture: Capture) -> None:
    with host_stream() as out:
        log.warning("before")
        with capture.of(7, 3, after=10):
            log.warning("%d pages", 12)
            print("one\ntwo", end="")
            print(" and a half")
            print("careful", file=sys.stderr)
            print("no end of line", end="")
        print("after")
        assert lines == [
            LogLine(7, 11, 5, "warning", "site.pages", "12 pages"),
            LogLine(7, 12, 5, "output", "stdout", "one"),
            LogLine(7, 13, 5, "output", "stdout", "two and a half"),
            LogLine(7, 14, 5, "output", "stderr", "careful"),
            LogLine(7, 15, 5, "output", "stdout", "no end of line"),
        ]
        assert out.getvalue() == "one\ntwo and a half\nno end of lineafter\n"


def test_run_log_records_everything_and_the_host_sees_what_it_asked_for(
    lines: Kept, capture: Capture, caplog: pytest.LogCaptureFixture
) -> None:
    levels = (logging.getLogger().level, logging.getLogger("rota.run").level, log.level)
    caplog.handler.setLevel(logging.NOTSET)
    with capture.of(1, 1) as output:
        output.log.debug("fine detail")
        output.log.warning("wet %s", "paint")
        log.debug("not asked for")
    assert lines.texts == ["fine detail", "wet paint"]
    assert [line.logger for line in lines] == ["rota.run", "rota.run"]
    assert [record.getMessage() for record in caplog.records] == ["wet paint"]
    assert caplog.records[0].funcName == (
        "test_run_log_records_everything_and_the_host_sees_what_it_asked_for"
    )
    assert levels == (
        logging.getLogger().level, logging.getLogger("rota.run").level, log.level
    )  # fmt: skip


def test_run_log_works_outside_of_its_context(lines: Kept, capture: Capture) -> None:
    output = capture.of(1, 1)
    thread = threading.Thread(target=lambda: output.log.info("from afar"))
    thread.start()
    thread.join()
    assert lines.texts == ["from afar"]


def test_errors_bring_their_traceback(lines: Kept, capture: Capture) -> None:
    with capture.of(1, 1):
        try:
            raise ValueError("x" * 10_000)
        except ValueError:
            log.exception("y" * 10_000)
    assert len(lines) == 1
    assert lines[0].level == "error"
    assert len(lines[0].text.encode()) <= 4_000
    assert "Traceback" in lines[0].text
    assert "ValueError" in lines[0].text


def test_a_thousand_tasks_and_some_threads_each_have_their_own(
    lines: Kept, capture: Capture
) -> None:
    async def run(number: int) -> None:
        with capture.of(number, 1):
            for _ in range(3):
                await asyncio.sleep(0)
                print("run", number)
                log.warning("run %d", number)

    async def main() -> None:
        await asyncio.gather(*(run(number) for number in range(1_000)))

    def in_thread(number: int) -> None:
        with capture.of(number, 1):
            inner = threading.Thread(
                target=contextvars.copy_context().run, args=(print, "run", number)
            )
            inner.start()
            inner.join()

    asyncio.run(main())
    threads = [threading.Thread(target=in_thread, args=(n,)) for n in range(1_000, 1_020)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines) == 6_020
    assert all(line.text == f"run {line.run}" for line in lines)


def test_threads_that_a_run_starts_are_the_run_s(lines: Kept, capture: Capture) -> None:
    shared = ThreadPoolExecutor(2)  # the application's, used by all of its runs

    def say(number: int) -> None:
        print("run", number)
        log.warning("run %d", number)

    class Sayer(threading.Thread):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def run(self) -> None:
            say(self.number)

    def a_run(number: int) -> None:
        with capture.of(number, 1), ThreadPoolExecutor(2) as own:
            threads = [threading.Thread(target=say, args=(number,)), Sayer(number)]
            for thread in threads:
                thread.start()
            list(own.map(say, [number] * 3))
            list(shared.map(say, [number] * 3))
            for thread in threads:
                thread.join()

    runs = [threading.Thread(target=a_run, args=(number,)) for number in range(20)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    shared.submit(say, 99).result()
    shared.shutdown()
    assert Counter(line.run for line in lines) == dict.fromkeys(range(20), 16)
    assert all(line.text == f"run {line.run}" for line in lines)


def test_a_thread_that_outlives_its_run_is_nobody_s(lines: Kept, capture: Capture) -> None:
    go_on = threading.Event()

    def late() -> None:
        go_on.wait(10)
        print("late")

    with capture.of(1, 1):
        thread = threading.Thread(target=late)
        thread.start()
    go_on.set()
    thread.join()
    assert lines == []


def test_the_ways_into_a_thread_are_put_back() -> None:
    before = threading.Thread.start, ThreadPoolExecutor.submit
    one, two = (Capture(lambda line: None, now=lambda: 0) for _ in range(2))
    one.install()
    two.install()
    assert before[0] != threading.Thread.start
    one.uninstall()
    assert before[0] != threading.Thread.start
    two.uninstall()
    assert before == (threading.Thread.start, ThreadPoolExecutor.submit)


# ------------------------------------------------------------------ bounds


def test_ten_million_lines_neither_eat_memory_nor_time(lines: Kept, capture: Capture) -> None:
    text = "line\n" * 10_000_000
    tracemalloc.start()
    began = time.process_time()
    with redirect_stdout(Nowhere()), capture.of(1, 1):
        sys.stdout.write(text)
        for _ in range(100_000):
            print("x")
    took = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(lines) == 10_001
    assert lines[-1].text.startswith("10,090,000 more lines were not kept")
    assert lines[-1].level == "warning"
    assert peak < 20_000_000
    assert took < 10


class Nowhere(io.StringIO):
    def write(self, text: str) -> int:
        return len(text)


def test_long_lines_are_cut_and_a_megabyte_is_enough(lines: Kept, capture: Capture) -> None:
    with redirect_stdout(Nowhere()), capture.of(1, 1) as output:
        print("é" * 50_000_000)
        print("x" * 3_000, end="")
        print("x" * 3_000, end="")
        print("the rest")
        print("next")
        for _ in range(1_000):
            output.log.info("z" * 3_900)
    assert lines[0].text.endswith("characters)")
    assert "xxx" in lines[1].text
    assert lines[2].text == "next"
    assert all(len(line.text.encode()) <= 4_000 for line in lines)
    assert sum(len(line.text) for line in lines) < 1024 * 1024 + 8_000
    assert "more lines were not kept" in lines[-1].text


def test_a_progress_bar_is_one_line(lines: Kept, capture: Capture) -> None:
    with capture.of(1, 1):
        for part in range(10_000):
            sys.stderr.write(f"\r{part / 100:.0f} % {'#' * 50}")
        sys.stderr.write("\rdone\r\n")
        sys.stderr.write("plain\r\n")
    assert lines.texts == ["done", "plain"]


def test_what_cannot_be_stored_is_spelt_out(lines: Kept, capture: Capture) -> None:
    with redirect_stdout(Nowhere()), capture.of(1, 1) as output:
        print("a\x00b\ud800")
        output.log.info("a\x00b\ud800")
    assert lines.texts == ["a\\x00b\\ud800"] * 2


def test_output_after_the_end_is_nobody_s(lines: Kept, capture: Capture) -> None:
    with capture.of(1, 1) as output:
        context = contextvars.copy_context()
    context.run(print, "late")
    output.log.info("late")
    output.close()
    assert lines == []


# ------------------------------------------------------------------ the host is safe


def test_a_sink_that_logs_prints_or_raises_harms_nobody() -> None:
    with host_stream() as out:

        def sink(line: LogLine) -> None:
            log.warning("in the sink")
            print("in the sink")
            raise ValueError("sink")

        capture = Capture(sink, now=lambda: 0)
        capture.install()
        with capture.of(1, 1):
            print("hello")
            log.warning("hello")
        capture.uninstall()
        assert out.getvalue().startswith("hello\n")


def test_records_that_cannot_be_formatted_are_kept_as_they_are(
    lines: Kept, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    record = log.makeRecord("x", logging.WARNING, "", 0, "%d pages", ("many",), None)
    with capture.of(1, 1) as output:
        output.record(record)
    assert lines.texts == ["%d pages (its arguments do not fit)"]


def test_streams_and_handlers_are_put_back() -> None:
    with host_stream() as out:
        handlers = list(logging.getLogger().handlers)
        one, two = (Capture(lambda line: None, now=lambda: 0) for _ in range(2))
        one.install()
        one.install()
        two.install()
        assert sys.stdout is not out
        one.uninstall()
        one.uninstall()
        assert sys.stdout is not out
        two.uninstall()
        assert sys.stdout is out
        assert logging.getLogger().handlers == handlers


def test_a_stream_that_somebody_put_in_place_stays(
    lines: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    with host_stream() as out:
        capture = Capture(lines.append, now=lambda: 0)
        capture.install()
        tee = sys.stdout
        own = io.StringIO()
        sys.stdout = own
        with capture.of(1, 1):  # the new one is listened to as well
            print("to the new one")
        assert own.getvalue() == "to the new one\n"
        assert lines.texts == ["to the new one"]
        sys.stdout = other = io.StringIO()
        capture.uninstall()
        assert sys.stdout is other
        tee.write("still passed on")
        assert out.getvalue() == "still passed on"
        out.close()
        monkeypatch.setattr(sys, "__stdout__", own)
        tee.write("even so")
        assert own.getvalue().endswith("even so")


def test_a_wrapper_of_somebody_s_does_not_double_lines(lines: Kept, capture: Capture) -> None:
    with host_stream() as out:

        class Wrapper(io.StringIO):
            def __init__(self, inner: Any) -> None:
                super().__init__()
                self.inner = inner

            def write(self, text: str) -> int:
                return int(self.inner.write(text))

        with redirect_stdout(Wrapper(sys.stdout)), capture.of(1, 1):
            print("once")
        assert lines.texts == ["once"]
        assert out.getvalue() == "once\n"


def test_a_stream_answers_as_it_did(capture: Capture) -> None:
    with host_stream() as out:
        assert sys.stdout.isatty() is False
        assert sys.stdout.encoding == out.encoding
        assert sys.stdout.write("four") == 4
        sys.stdout.writelines(["a", "b"])
        assert out.getvalue() == "fourab"
        with pytest.raises(TypeError, match="int"), capture.of(1, 1):
            sys.stdout.write(3)  # type: ignore[arg-type]


def test_a_logging_configuration_that_sweeps_handlers_away_is_survived(
    lines: Kept, capture: Capture
) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    root.handlers.clear()
    with capture.of(1, 1):
        log.warning("still here")
    assert lines.texts == ["still here"]
    root.handlers[:] = before


def test_a_host_without_any_logging_still_sees_its_warnings(lines: Kept) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    root.handlers.clear()
    capture = Capture(lines.append, now=lambda: 0)
    with host_stream("stderr") as err:
        capture.install()
        try:
            log.warning("outside")
            log.info("silent")
            with capture.of(1, 1):
                log.warning("inside")
        finally:
            capture.uninstall()
            root.handlers[:] = before
    assert err.getvalue() == "outside\ninside\n"
    assert lines.texts == ["inside"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_s_output_is_not_the_run_s(lines: Kept, capture: Capture) -> None:
    read, write = os.pipe()
    with redirect_stdout(Nowhere()), capture.of(1, 1):
        child = os.fork()
        if child == 0:
            print("from the child")
            os.write(write, b"clean" if not lines else b"dirty")
            os._exit(0)
        os.waitpid(child, 0)
    assert os.read(read, 5) == b"clean"
    os.close(read)
    os.close(write)


def test_a_log_call_is_cheap(capture: Capture) -> None:
    """Many times what it takes here; a lock held for long or a stat per call would show."""
    with redirect_stdout(Nowhere()), capture.of(1, 1):
        for _ in range(10_001):
            print("x")
        began = time.perf_counter()
        for _ in range(10_000):
            print("x")
        assert (time.perf_counter() - began) / 10_000 < 0.000_1


def test_a_host_s_handler_on_a_stream_of_ours_does_not_double_lines(
    lines: Kept, capture: Capture
) -> None:
    with host_stream("stderr") as err, capture.of(1, 1):
        handler = logging.StreamHandler()  # as `basicConfig` makes it, after the start
        log.addHandler(handler)
        log.warning("once")
        log.removeHandler(handler)
    assert lines.texts == ["once"]
    assert err.getvalue() == "once\n"
