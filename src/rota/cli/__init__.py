"""The command line. `main` is all that the outside needs; the rest loads when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

__all__ = ("main",)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Carry out one command line (the process's own by default) and exit with its code.

    >>> try:
    ...     main(["next", "at 2026-03-01T09:00", "--after", "2026-01-01", "--json"])
    ... except SystemExit as done:
    ...     print(done.code)
    {
      "trigger": "at 2026-03-01T09:00",
      "words": "Once, on 1 March 2026 at 09:00, UTC",
      "zone": "UTC",
      "times": [
        "2026-03-01T09:00:00Z"
      ],
      "warnings": []
    }
    0
    """
    from rota.cli.entry import carry_out

    sys.exit(carry_out(sys.argv[1:] if arguments is None else arguments))
