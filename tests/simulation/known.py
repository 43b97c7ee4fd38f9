"""Defects that the simulation has found and that wait for their mend.

Each is proved by a test of its own in `test_regressions.py` that is expected to fail; when it
passes, its line here goes.
"""

from __future__ import annotations

from rota.testing.checker import Finding, Verdict

__all__ = ("unknown",)


def unknown(verdict: Verdict) -> list[Finding]:
    """What was found beyond the known defects."""
    early = {finding.schedule for finding in verdict.findings if is_early(finding)}
    return [
        finding for finding in verdict.findings
        if not is_early(finding)
        and not (finding.judgement == "by time only" and finding.schedule in early)
    ]  # fmt: skip


def is_early(finding: Finding) -> bool:
    """A run whose taking was answered to nobody is put back without its `not_before`."""
    return finding.judgement == "timeliness" and "its not_before was lost" in finding.text
