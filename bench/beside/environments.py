"""An environment for each peer, made at first use: some of them cannot share one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ("NEEDS", "python_of")

HOME = Path(__file__).resolve().parent.parent.parent / ".peers"
NEEDS = {
    "apscheduler3": ("apscheduler>=3.11,<4", "sqlalchemy>=2,<3", "psycopg[binary]>=3.2,<4"),
    # this alpha was written for SQLAlchemy 2.0, and needs sniffio without saying so
    "apscheduler4": (
        "apscheduler==4.0.0a6", "sqlalchemy[asyncio]>=2,<2.1", "sniffio", "aiosqlite", "asyncpg",
    ),
    "huey": ("huey>=3,<4",),
    "pgqueuer": ("pgqueuer>=1,<2", "asyncpg"),
    "procrastinate": ("procrastinate>=3,<4", "psycopg[binary,pool]>=3.2,<4"),
}  # fmt: skip


def python_of(peer: str) -> Path:
    """The interpreter of that peer's environment; OSError or CalledProcessError if it cannot be."""
    place = HOME / peer
    python, ready = place / "bin" / "python", place / "ready"
    wanted = "\n".join(NEEDS[peer])
    if ready.is_file() and ready.read_text() == wanted:
        return python
    print(f"Preparing {peer} …", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", place], check=True, capture_output=True)
    install = (python, "-m", "pip", "install", "--quiet", *NEEDS[peer])
    subprocess.run(install, check=True, capture_output=True)
    ready.write_text(wanted)
    return python
