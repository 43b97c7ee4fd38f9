"""What PostgreSQL and psycopg report, as Rota's two kinds of fault: not just now, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from rota.errors import StoreRefused, Unreachable

__all__ = ("Collided", "Locked", "Lost", "refused", "translated", "unreachable")


class Collided(Unreachable):
    """Another transaction was in the way; this one was taken back and may be tried at once."""


class Locked(Unreachable):
    """Somebody else held a lock for longer than this transaction wanted to wait."""


class Lost(Unreachable):
    """The connection is gone."""

    harmless = False  # whether for certain nothing was committed


LOCKED = "55P03"  # a lock was not to be had
COLLISIONS = frozenset({"40001", "40P01"})  # serialisation failure, deadlock

# By SQLSTATE, the longest beginning that fits
# (https://www.postgresql.org/docs/current/errcodes-appendix.html).
PASSING = {
    "08": ("the connection failed", "it is tried again"),
    "25006": ("the server is read-only just now", "it is tried again; look at the failover"),
    "25": ("the transaction was taken back", "it is tried again"),
    "40": ("the transaction was taken back", "it is tried again"),
    "53100": ("the server's disk is full", "free some space"),
    "53300": ("the server has no connection left", "raise max_connections, or use fewer threads"),
    "53": ("the server is short of something", "look at its log"),
    "55P03": ("another transaction has it locked", "it is tried again"),
    "57014": ("a statement took too long and was cancelled", "look at what the server does"),
    "57": ("the server is going down or coming up", "it is tried again"),
    "58": ("the server failed to read or write", "look at its log"),
}
LASTING = {
    "28": ("the server does not let this user in", "look at the user and password of the address"),
    "3D": ("there is no such database", "make it: createdb"),
    "3F": ("its schema is not there", "restore it from a backup, or start with an empty one"),
    "42501": ("access is not permitted", "let this user create and use the schema"),
    "42": ("its tables are not as Rota made them", "restore it from a backup"),
    "XX001": ("it is damaged", "restore it from a backup"),
    "XX002": ("an index is damaged", "REINDEX, or restore it from a backup"),
}
GONE = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "25P04"})  # the server hung up


def refused(place: str, reason: str, hint: str) -> StoreRefused:
    """A store that must not be used: which, why, and what to do."""
    return StoreRefused(reason, part="database", text=place, hint=hint)


def unreachable(
    place: str, reason: str, hint: str, kind: type[Unreachable] = Unreachable
) -> Unreachable:
    """A store that does not answer just now."""
    return kind(reason, part="database", text=place, hint=hint)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Raise what psycopg reports inside as `Unreachable` or `StoreRefused`.

    A broken constraint is neither: it would be a mistake of ours and passes through.
    """
    try:
        yield
    except psycopg.Error as error:
        raise_translated(place, error)


def raise_translated(place: str, error: psycopg.Error) -> None:
    """Raise Rota's fault for PostgreSQL's; one that has none is raised as it is."""
    code = error.sqlstate
    said = " ".join(str(error).split())
    if code in COLLISIONS:
        reason = f"another transaction was in the way ({said})"
        raise unreachable(place, reason, "it is tried again", Collided) from error
    if code is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        reason = f"the server does not answer ({said})"
        raise unreachable(place, reason, "it is tried again", Lost) from error
    if (words := look_up(PASSING, code)) is not None:
        kind = Lost if code in GONE or (code or "").startswith("08") else Unreachable
        kind = Locked if code == LOCKED else kind
        raise unreachable(place, f"{words[0]} ({said})", words[1], kind) from error
    if (words := look_up(LASTING, code)) is not None:
        raise refused(place, f"{words[0]} ({said})", words[1]) from error
    raise error


def look_up(table: dict[str, tuple[str, str]], code: str | None) -> tuple[str, str] | None:
    """The words of a SQLSTATE, or of its class."""
    return table.get(code or "") or table.get((code or "")[:2])
