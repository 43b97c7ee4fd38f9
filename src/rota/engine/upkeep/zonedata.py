"""The version of the zone rules that this process uses."""

from __future__ import annotations

import re
import zoneinfo
from importlib import import_module
from pathlib import Path

__all__ = ("is_newer", "zone_version")

VERSION = re.compile(r"(\d{4})([a-z]{1,2})")


def zone_version(folders: tuple[str, ...] | None = None) -> str | None:
    """Such as 2026a: of the system's rules where it has some, as zoneinfo prefers them, else of the
    package tzdata. None if a system's do not say it.
    """
    for folder in map(Path, zoneinfo.TZPATH if folders is None else folders):
        if not (folder / "UTC").exists() and not (folder / "Etc").exists():
            continue
        for name in ("tzdata.zi", "+VERSION"):
            found = VERSION.search(first_line(folder / name))
            if found:
                return found[0]
        return None
    try:
        return str(import_module("tzdata").IANA_VERSION)
    except ImportError:
        return None


def first_line(path: Path) -> str:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            return file.readline(200)
    except OSError:
        return ""


def is_newer(version: str, than: str) -> bool:
    """Whether one version is newer than another; what is no version is never newer.

    >>> is_newer("2026a", "2025b"), is_newer("2025b", "2025b"), is_newer("2025za", "2025z")
    (True, False, True)
    """
    this, other = VERSION.fullmatch(version), VERSION.fullmatch(than)
    return this is not None and (other is None or place(this) > place(other))


def place(version: re.Match[str]) -> tuple[str, int, str]:
    return version[1], len(version[2]), version[2]
