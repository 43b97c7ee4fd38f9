"""Finds the Chromium that the browser tests drive, and installs one where there is none.

python tools/chromium.py        # prints its path; 1 if there is none and none can be had
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

__all__ = ("find", "install", "main")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)


@cache
def find() -> str | None:
    """The path of a Chromium that answers, the system's before playwright's own; None without."""
    on_path = (shutil.which(name) for name in NAMES)
    system = next((path for path in (*on_path, *PLACES) if path and answers(path)), None)
    if system or not (path := own()):
        return system
    return path if answers(path) else None


def own() -> str | None:
    """Where playwright keeps its Chromium, whether or not it is there."""
    probe = (
        "from playwright.sync_api import sync_playwright as play\n"
        "with play() as p: print(p.chromium.executable_path)"
    )
    told = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or None


def answers(path: str) -> bool:
    """Whether it starts: Ubuntu's `chromium-browser` may be only a hint to install a snap."""
    if not Path(path).exists():
        return False
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install() -> str | None:
    """Tries playwright's own download, then, as root on Debian, the system's package."""
    commands: list[list[str]] = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        commands += [["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "chromium"]]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        try:
            subprocess.run(
                command,
                env=quiet,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=600,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        find.cache_clear()
        if path := find():
            return path
    return None


def main() -> int:
    """Prints the path, installing first if need be."""
    path = find()
    if path is None:
        print("No Chromium here: installing one …", file=sys.stderr, flush=True)
        path = install()
    print(path or "No Chromium, and none could be installed.")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
