"""One measurement of one side in a process of its own; prints one JSON line.

python bench/child.py rota|apscheduler burst|steady DATABASE [NUMBER …]
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

from measure import Durability


def main() -> None:
    side, work, path, *numbers = sys.argv[1:]
    durability = Durability()
    durability.install()  # before the side is imported
    module = import_module(f"side_{side}")
    figures = getattr(module, work)(path, *(json.loads(number) for number in numbers))
    print(json.dumps({"name": module.NAME, "durability": durability.words(), **figures}))
    sys.stdout.flush()
    os._exit(0)  # how long a side takes to leave is measured elsewhere


if __name__ == "__main__":
    main()
