"""Runs the gates one after another, all of them even if one fails, and sums them up.

    python tools/gates.py test       # what `make test` and CI run
    python tools/gates.py test-long  # with the tests marked `long`
    python tools/gates.py check      # in under three minutes: before every commit

Every folder of tests is a pytest of its own, so that one that hangs, leaks or crashes harms no
other. The last line is `N passed, N failed, N skipped`; each gate that is no pytest counts as one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import chromium

__all__ = ("Gate", "Outcome", "main")

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NOTHING_COLLECTED = 5  # pytest's exit code
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


@dataclass(frozen=True, slots=True)
class Gate:
    """One row of the table: a name, what to run, how long it may take at most.

    With a `folder` it is a pytest run of that folder.
    """

    name: str
    command: tuple[str, ...]
    seconds: float = 300
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a gate."""

    name: str
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""


SHORT = ("--output-format", "concise")
STATIC = (
    Gate("format", (str(BIN / "ruff"), "format", "--check", "--quiet", *SHORT, ".")),
    Gate("lint", (str(BIN / "ruff"), "check", "--quiet", *SHORT, ".")),
    Gate("types", (str(BIN / "mypy"), "--no-error-summary")),
    Gate("imports", (str(BIN / "lint-imports"), "--no-logo", "--no-cache")),
)
FOLDERS = (
    "unit", "conformance", "faults", "simulation", "museum", "cms", "system", "web", "docs",
)  # fmt: skip


MONKEY = 2 * 3600 * float(os.environ.get("MONKEY_HOURS", "2"))
LONG = {"system": 5400 + MONKEY, "faults": 14_400, "simulation": 14_400}
"""Seconds that a folder of tests may take in `test-long`, where an hour and a half is too short."""


def suite(name: str, folder: str, *more: str, seconds: float = 600) -> Gate:
    """A gate that is a pytest run."""
    command = (sys.executable, "-m", "pytest", "-q", "--no-header", folder, *more)
    return Gate(name, command, seconds, folder)


def gates(wish: str) -> Iterator[Gate]:
    """The gates of `test`, `test-long` or `check`, in the order they run."""
    yield from STATIC
    yield suite("docstrings", "src/rota", "--doctest-modules")
    if wish == "check":
        yield suite("unit", "tests/unit")
        yield suite("conformance (memory)", "tests/conformance", "-k", "memory")
        return
    long = wish == "test-long"
    everything = ("-m", "long or not long") if long else ()
    for folder in FOLDERS:
        most = LONG.get(folder, 5400) if long else 1500
        yield suite(folder, f"tests/{folder}", *everything, seconds=most)


def main() -> int:
    """0 if every gate held, 1 if one did not, 2 if there is no such set of gates."""
    wish = sys.argv[1] if len(sys.argv) > 1 else "test"
    if wish not in ("test", "test-long", "check"):
        print("write: gates.py test | test-long | check", file=sys.stderr)
        return 2
    browser = wish == "check" or has_browser()
    outcomes = [run(gate) for gate in gates(wish)]
    if not browser:
        words = "no Chromium: the browser tests did not run"
        outcomes.append(Outcome("browser", 0, failed=int(CI), skipped=int(not CI), note=words))
    return summary(outcomes)


def has_browser() -> bool:
    """Whether the browser tests can run, after trying to install what they need."""
    if not any((ROOT / "tests" / "web").glob("test_*.py")) or chromium.find():
        return True
    print("No Chromium here: installing one …", flush=True)
    return chromium.install() is not None


def run(gate: Gate) -> Outcome:
    """Runs one gate, letting it write to the terminal."""
    print(f"\n── {gate.name} " + "─" * (70 - len(gate.name)), flush=True)
    if gate.folder and not (ROOT / gate.folder).is_dir():
        return Outcome(gate.name, 0, note=f"no {gate.folder} yet")
    began = time.monotonic()
    with TemporaryDirectory() as place:
        report = Path(place) / "report.xml"
        extra = (f"--junitxml={report}",) if gate.folder else ()
        code, note = execute((*gate.command, *extra), gate.seconds)
        seconds = time.monotonic() - began
        if not gate.folder:
            held = code == 0
            return Outcome(gate.name, seconds, passed=int(held), failed=int(not held), note=note)
        if note or not report.is_file():
            return Outcome(gate.name, seconds, failed=1, note=note or f"pytest ended with {code}")
        return counted(gate.name, seconds, code, report)


def execute(command: tuple[str, ...], seconds: float) -> tuple[int, str]:
    """Its exit code, and a note if it had to be stopped."""
    try:
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL) as process:
            try:
                return process.wait(seconds), ""
            except subprocess.TimeoutExpired:
                process.kill()
                return process.wait(), f"stopped after {seconds:.0f} s"
    except OSError as problem:
        return 127, str(problem)


def counted(name: str, seconds: float, code: int, report: Path) -> Outcome:
    """The outcome as pytest's own report tells it."""
    reports = list(ET.parse(report).iter("testsuite"))

    def total(*attributes: str) -> int:
        return sum(int(one.get(attribute, 0)) for one in reports for attribute in attributes)

    failed, skipped = total("failures", "errors"), total("skipped")
    passed = total("tests") - failed - skipped
    if code == NOTHING_COLLECTED:
        return Outcome(name, seconds, note="no tests here yet")
    if code and not failed:  # interrupted, or broken in a way that belongs to no test
        return Outcome(name, seconds, passed, 1, skipped, f"pytest ended with {code}")
    return Outcome(name, seconds, max(passed, 0), failed, skipped)


def summary(outcomes: list[Outcome]) -> int:
    """Prints the table and the closing line; 1 if anything failed."""
    width = max(len(outcome.name) for outcome in outcomes)
    print("\n" + f"{'':{width}}   seconds   passed   failed  skipped")
    for one in outcomes:
        figures = f"{one.seconds:9.1f}{one.passed:9}{one.failed:9}{one.skipped:9}"
        mark = "  FAILED" if one.failed else ""
        note = f"  {one.note}" if one.note else ""
        print(f"{one.name:{width}} {figures}{mark}{note}")
    passed, failed, skipped = (
        sum(getattr(one, what) for one in outcomes) for what in ("passed", "failed", "skipped")
    )
    print(f"{'all':{width}} {sum(one.seconds for one in outcomes):9.1f}\n")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
