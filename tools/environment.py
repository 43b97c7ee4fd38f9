"""Makes `.venv` what `make` needs, and does nothing when it already is.

    python3 tools/environment.py demo|dev|bench [.venv-3.13]

Run by whatever Python the machine has, so: standard library only. The groups are those of
`pyproject.toml`. A stamp in `.venv` keeps the digest of that file and of the interpreter; while it
holds, this ends in a few milliseconds and asks no network.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

__all__ = ("main",)

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / (sys.argv[2] if len(sys.argv) > 2 else ".venv")
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
INCLUDES = {"demo": ("demo",), "dev": ("dev", "demo"), "bench": ("bench", "dev", "demo")}
LOG = VENV / "install.log"
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")
WAITS = ("--retries", "3", "--timeout", "20")


def main() -> int:
    """0 when the environment is ready for the group that was asked for, 1 with a reason if not."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file may be run by an older one
        return complain(f"Rota needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    group = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if group not in INCLUDES:
        return complain(f"There is no group “{group}”; write one of {', '.join(INCLUDES)}.")
    digest = wanted()
    if works() and stamped(group, digest):
        return 0
    return prepare(group, digest)


def wanted() -> str:
    """What the stamp must say: it changes with pyproject.toml and with the place of the clone."""
    facts = (ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()
    return hashlib.sha256(facts).hexdigest()


def stamp(group: str) -> Path:
    return VENV / f".ready-{group}"


def stamped(group: str, digest: str) -> bool:
    """Whether this group, or one that includes it, was installed from the present pyproject."""
    larger = [name for name, parts in INCLUDES.items() if group in parts]
    return any(stamp(name).is_file() and stamp(name).read_text() == digest for name in larger)


def works() -> bool:
    """Whether the environment's Python starts, is new enough, and is at home here.

    The commands in a copied or moved `.venv` still name the old place.
    """
    probe = [str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        home = (PYTHON.parent / "pip").read_text()
        return str(VENV) in home and subprocess.run(probe, check=False).returncode == 0
    except (OSError, UnicodeDecodeError):
        return False


def prepare(group: str, digest: str) -> int:
    began = time.monotonic()
    print(
        f"Preparing {VENV.name} ({group}; the first time takes about a minute) … ",
        end="",
        flush=True,
    )
    if not works():
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run(
            [sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False
        )
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)  # a half-made one would look like a whole one
            return complain(
                "\nThis Python cannot make a virtual environment.",
                (made.stdout + made.stderr).strip(),
                "On Debian and Ubuntu: apt-get install python3-venv. Then run the command again.",
            )
    for name in INCLUDES:
        stamp(name).unlink(missing_ok=True)
    LOG.write_bytes(b"")
    if not (install(group) or install(group)):  # a registry that hiccups is forgiven once
        return complain(
            "\nThe packages could not be installed. The last lines of pip:",
            *LOG.read_text(errors="replace").strip().splitlines()[-6:],
            f"All of it: {LOG.relative_to(ROOT)}. Without a network it cannot work: check the"
            " connection (and PIP_INDEX_URL, HTTPS_PROXY), then run the command again.",
        )
    stamp(group).write_text(digest)
    print(f"done in {time.monotonic() - began:.0f} s", flush=True)
    return 0


def install(group: str) -> bool:
    # Dependency groups need pip 25.1; a Python of 2023 brings 23.
    steps = (
        ("install", *WAITS, "--upgrade", "pip>=25.1"),
        ("install", *WAITS, "--editable", ".[all]", "--group", group),
    )
    with LOG.open("ab") as log:
        return all(
            subprocess.run(
                [PYTHON, *PIP, *step], cwd=ROOT, stdout=log, stderr=log, check=False
            ).returncode
            == 0
            for step in steps
        )


def complain(*lines: str) -> int:
    print(*(line for line in lines if line), sep="\n", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
