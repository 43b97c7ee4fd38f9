"""Rota beside APScheduler 3, in turns, on this machine, in this minute.

    python bench/bench_engine.py [--quick] [--only rota|apscheduler]

Figures of different days or machines say little; ratios of one run say something. Every
measurement is a process of its own with a fresh database file, the sides take turns, and the table
shows medians. Both sides run their defaults; which durability that is, they are asked.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from measure import quantile
from table import Row, show

HERE = Path(__file__).resolve().parent
SIDES = ("rota", "apscheduler")
IMPORTS = 7
TIMED = "import time\nbegan = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"


class Broken(Exception):
    """A side could not be measured."""


@dataclass
class Bench:
    """How much to do, and what was found: side → figure → one value a round."""

    sides: tuple[str, ...]
    count: int = 2_000
    seconds: int = 12
    rounds: int = 3
    found: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    durability: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def note(self, side: str, figure: str, *values: float) -> None:
        self.found.setdefault(side, {}).setdefault(figure, []).extend(values)

    def child(self, side: str, work: str, *numbers: float) -> dict[str, Any]:
        with TemporaryDirectory() as place:
            command = [sys.executable, HERE / "child.py", side, work, f"{place}/bench.db"]
            done = subprocess.run(
                [*command, *map(str, numbers)],
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        if done.returncode or not done.stdout.strip():
            last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            raise Broken(f"{side} {work}: {last[0]}")
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        self.names[side], self.durability[side] = str(told["name"]), str(told["durability"])
        return told

    def burst(self, side: str) -> None:
        """All due at one instant: how many start in a second until the last one has."""
        for lead in (3 + self.count / 200, 5 + self.count / 40):
            told = self.child(side, "burst", self.count, math.ceil(time.time() + lead))
            if told["spare"] > 0:
                break
        else:
            raise Broken(f"{side} burst: adding {self.count} schedules took over {lead:.0f} s")
        if told["done"] != self.count:
            raise Broken(f"{side} burst: {told['done']} runs of {self.count} schedules")
        self.note(side, "burst", self.count / told["span"])
        self.note(side, "add", self.count / told["adding"])

    def steady(self, side: str) -> None:
        """One schedule, each second."""
        told = self.child(side, "steady", self.seconds)
        late = told["late"]
        self.note(side, "late", *late)
        self.note(side, "missed", max(0, self.seconds - len(late)))
        self.note(side, "cpu", told["cpu_percent"])
        self.note(side, "rss", told["rss_mb"])

    def imports(self, side: str) -> None:
        """What an application pays before its first line of work."""
        probe = (
            "import sys, json; sys.path.insert(0, sys.argv[1])\n"
            f"import side_{side} as s; print(json.dumps([s.IMPORT, s.CONSTRUCT]))"
        )
        told = subprocess.run(
            [sys.executable, "-c", probe, HERE], capture_output=True, text=True, check=False
        )
        if told.returncode:
            raise Broken(f"{side} import: {told.stderr.strip().splitlines()[-1]}")
        first, then = json.loads(told.stdout)
        with TemporaryDirectory() as place:
            for figure, code in (
                ("import", first),
                ("construct", first + then.format(path=f"{place}/x.db")),
            ):
                done = subprocess.run(
                    [sys.executable, "-c", TIMED.format(code=code)],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                self.note(side, figure, float(done.stdout) * 1000)

    def turns(self, work: Callable[[str], None], rounds: int) -> None:
        """Does it with each side in turns; a side that breaks is left out of the rest of it."""
        broken: dict[str, str] = {}
        for number in range(rounds):
            for side in self.sides if number % 2 == 0 else reversed(self.sides):
                if side not in broken:
                    print(".", end="", file=sys.stderr, flush=True)
                    try:
                        work(side)
                    except (Broken, subprocess.SubprocessError) as problem:
                        broken[side] = str(problem)
        self.problems += broken.values()

    def value(self, side: str, figure: str) -> float:
        values = self.found.get(side, {}).get(figure, [])
        match figure.rsplit(maxsplit=1)[-1]:
            case "p50" | "p99" | "max" as part:
                late = self.found.get(side, {}).get("late", [])
                return quantile(late, {"p50": 0.5, "p99": 0.99, "max": 1.0}[part])
            case "missed":
                return sum(values) if values else math.nan
            case _:
                return median(values) if values else math.nan

    def rows(self) -> list[Row]:
        """The table: work, unit, what is better, and the values of both sides."""
        count, shown = f"{self.count:,}", f"one each second, {self.seconds * self.rounds} times"
        plan = (
            (f"{count} due at once, runs started", "burst", "1/s", "more"),
            ("schedules added, one by one", "add", "1/s", "more"),
            (f"{shown}: late, median", "late p50", "ms", "less"),
            ("… late, 99 of 100", "late p99", "ms", "less"),
            ("… late, worst", "late max", "ms", "less"),
            ("… missed", "missed", "runs", ""),
            ("… processor", "cpu", "% of a core", "less"),
            ("… memory", "rss", "MB", "less"),
            ("import", "import", "ms", "less"),
            ("import and construct", "construct", "ms", "less"),
        )
        return [
            Row(words, unit, better, *(self.value(side, figure) for side in SIDES))
            for words, figure, unit, better in plan
        ]


def main() -> int:
    """Measures and prints; 1 if a side could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that it works")
    parser.add_argument("--only", choices=SIDES, help="measure one side")
    wish = parser.parse_args()
    sides = (wish.only,) if wish.only else SIDES
    bench = Bench(sides, count=200, seconds=3, rounds=1) if wish.quick else Bench(sides)
    bench.turns(bench.imports, 1)
    bench.found.clear()  # the first import compiles
    bench.problems.clear()  # and says the same as the second
    bench.turns(bench.imports, 2 if wish.quick else IMPORTS)
    bench.turns(bench.burst, bench.rounds)
    bench.turns(bench.steady, bench.rounds)
    print(file=sys.stderr)
    notes = [
        f"{bench.names[side]}: SQLite {bench.durability[side]}"
        for side in sides
        if side in bench.names
    ]
    notes += [f"not measured: {problem}" for problem in bench.problems]
    place = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    show("engine", bench.rows(), [place, *notes])
    return 1 if bench.problems else 0


if __name__ == "__main__":
    sys.exit(main())
