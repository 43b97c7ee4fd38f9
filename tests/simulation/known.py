"""Defects that the simulation has found and that wait for their mend.

Each is proved by a test of its own in `test_regressions.py` that is expected to fail; when it
passes, its line here goes.
"""

from __future__ import annotations

from rota.testing.checker import Finding, Verdict

__all__ = ("unknown",)


def unknown(verdict: Verdict) -> list[Finding]:
    """What was found beyond the known defects; there is none at present."""
    return list(verdict.findings)
