"""What is loaded only when it is needed: a command line that shows five times should start fast."""

from __future__ import annotations

import subprocess
import sys

LATER = (
    "difflib", "hashlib", "importlib.resources", "zoneinfo", "rota.when.rrule",
    "rota.when.sitecore", "rota.when.kentico", "rota.when.words", "rota.when.warn", "rota.when.due",
    "rota.when.inspect", "rota.when.excepted", "rota.when.typos",
)  # fmt: skip
PROGRAM = """
import sys
from datetime import UTC, datetime
from rota.when import trigger
trigger("cron 0 9 * * 1-5").next(datetime(2026, 3, 2, tzinfo=UTC), 5)
trigger("every 5m").next(datetime(2026, 3, 2, tzinfo=UTC), 5)
print(*(name for name in {later!r} if name in sys.modules))
"""


def test_what_a_plain_trigger_does_not_need_is_not_loaded() -> None:
    program = PROGRAM.format(later=LATER)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []
