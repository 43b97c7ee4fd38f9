"""Starting the demonstration: a folder, a port, the site with Rota in it, and a clean end."""

from __future__ import annotations

import argparse
import socket
import sqlite3
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from rota.errors import RotaError

__all__ = ("main",)

PREFERRED = 8000
NEEDED = ("fastapi", "jinja2", "python_multipart", "uvicorn")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demonstration until Ctrl-C; the exit code: 0 ended, 1 could not start, 2 mistyped."""
    asked = _arguments().parse_args(argv)
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        return _refused(
            f"{', '.join(missing)} cannot be imported; "
            "write: pip install 'rota[web]' fastapi python-multipart"
        )
    try:
        return _start(asked)
    except KeyboardInterrupt:
        return 0
    except sqlite3.DatabaseError as wrong:
        return _refused(f"{asked.folder}/site.db: {wrong}; --fresh makes a new one")
    except (RotaError, OSError) as wrong:
        return _refused(str(wrong))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rota demo", description="A small content site whose scheduled work is done by Rota."
    )
    parser.add_argument("--port", type=_port, help=f"default: {PREFERRED}, or any that is free")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".demo"),
        help="where it keeps its data between starts (default: .demo)",
    )
    parser.add_argument("--fresh", action="store_true", help="forget earlier data first")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"“{text}” is no port; write a number from 1 to 65535")
    return int(text)


def _refused(reason: str) -> int:
    sys.stderr.write(f"rota demo: {reason}\n")
    return 1


def _start(asked: argparse.Namespace) -> int:
    # imported here, so that a missing package is a sentence and not a traceback
    from rota.demo.folder import Folder
    from rota.demo.serve import build, serve

    folder = Folder(asked.folder)
    with _listening(asked.port) as listening:
        if asked.fresh:
            folder.clear()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        app = build(folder, address)
        return serve(app, listening, [address, f"{address}rota"])


def _listening(port: int | None) -> socket.socket:
    """A socket on the port that was asked for; if none was, on a free one."""
    for wanted in (port,) if port else (PREFERRED, 0):
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", wanted))
            # bound is not enough: only one of two that bind with SO_REUSEADDR may listen
            listening.listen(128)
            return listening
        except OSError:
            listening.close()
    raise OSError(
        f"port {port or PREFERRED} is in use; choose another with --port N, "
        "or leave --port away and a free one is taken"
    )
