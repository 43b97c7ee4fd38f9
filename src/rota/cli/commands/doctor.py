"""`rota doctor`: looks for what is wrong, and says what to do."""

from __future__ import annotations

from typing import Final

from rota.cli.failures import COULD_NOT, DONE
from rota.cli.health import Check, examine
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.style import clean, paint

__all__ = ("command",)

SIGNS: Final = {"ok": "✓", "warning": "!", "wrong": "✗"}


@make("doctor")
def command(settings: Settings) -> int:
    """Check this installation, the application, its store and its nodes; exit 1 if one is wrong."""
    checks = examine(settings)
    healthy = all(check.state != "wrong" for check in checks)
    if settings.json:
        document({"ok": healthy, "checks": [check.json() for check in checks]})
    else:
        wide = max(len(check.name) for check in checks)
        for check in checks:
            line(described(check, wide))
    return DONE if healthy else COULD_NOT


def described(check: Check, wide: int) -> str:
    """One check as one line: sign, name, what was found, what to do."""
    sign = SIGNS[check.state] + ("" if check.state == "ok" else f" {check.state}:")
    hint = f"; {clean(check.hint)}" if check.hint else ""
    return f"{paint(check.state, sign)} {check.name:<{wide}}  {clean(check.text)}{hint}"
