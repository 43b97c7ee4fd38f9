"""Runs every bench beside this file, one after another, and prints what they found in one place.

    python bench/run.py [--quick]

A bench is a program `bench_….py`; what is given here is handed on to it.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """The number of benches that could not measure what they are for."""
    failed = 0
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {load:.1f}")
    for bench in sorted(HERE.glob("bench_*.py")):
        began = time.monotonic()
        print(f"\n── {bench.stem} " + "─" * (70 - len(bench.stem)), flush=True)
        done = subprocess.run([sys.executable, bench, *sys.argv[1:]], check=False)
        failed += done.returncode != 0
        print(f"  ({time.monotonic() - began:.0f} s)", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
