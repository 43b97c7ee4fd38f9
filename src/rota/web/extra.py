"""The extra `web`: what it installs, and a clear word where it is not installed."""

from __future__ import annotations

from importlib.util import find_spec

from rota.errors import Refused

__all__ = ("missing", "need")

LIBRARIES = ("starlette", "jinja2", "uvicorn", "argon2")


def missing(among: tuple[str, ...] = LIBRARIES) -> list[str]:
    """Those of the web application's libraries that are not installed."""
    return [name for name in among if find_spec(name) is None]


def need(among: tuple[str, ...] = LIBRARIES) -> None:
    """Refuse with the cure if one of them is not installed.

    >>> need(("json", "no_such_library"))
    Traceback (most recent call last):
    rota.errors.Refused: the web application needs no_such_library; install it with: ...
    """
    if gone := missing(among):
        what = "it" if len(gone) == 1 else "them"
        raise Refused(
            f"the web application needs {', '.join(gone)}",
            hint=f"install {what} with: pip install 'rota[web]'",
        )
