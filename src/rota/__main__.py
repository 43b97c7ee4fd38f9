"""`python -m rota`: the same as the command `rota`."""

from __future__ import annotations

from rota.cli import main

if __name__ == "__main__":
    main()
