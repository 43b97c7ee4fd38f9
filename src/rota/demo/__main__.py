"""`python -m rota.demo`: start the demonstration."""

from __future__ import annotations

import sys

from rota.demo.run import main

if __name__ == "__main__":
    sys.exit(main())
