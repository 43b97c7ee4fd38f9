"""Who a node is: the machine under it, and the roles and labels that an operator gave it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from hashlib import sha256

from rota.errors import Problem
from rota.ports.clock import Clock

__all__ = ("machine_name", "read_names")

MACHINE_ID = "/etc/machine-id"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")


def machine_name(host: str, clock: Clock) -> str:
    """The machine's name for everybody: its host name and a mark that no other machine has.

    The mark stays over restarts where the system keeps an id of the machine; else it lasts as long
    as the machine is up. Containers of one image share that id, and their host names differ.
    """
    mark = machine_id() or clock.boot_id()
    return f"{host}~{sha256(mark.encode()).hexdigest()[:8]}"


def machine_id() -> str:
    try:
        with open(MACHINE_ID, encoding="ascii") as file:
            return file.read().strip()
    except (OSError, ValueError):
        return ""


def read_names(part: str, given: Iterable[str] | None) -> tuple[tuple[str, ...], list[Problem]]:
    """Roles or labels, sorted, each once: those given, else those that `ROTA_ROLES` or
    `ROTA_LABELS` lists with commas; and what is wrong with them.

    >>> read_names("labels", ["eu", "gpu", "eu"])
    (('eu', 'gpu'), [])
    """
    if given is None:
        listed = os.environ.get(f"ROTA_{part.upper()}", "").split(",")
        given = [name.strip() for name in listed if name.strip()]
    elif isinstance(given, str):
        given = [given]
    names = sorted({str(name) for name in given})
    wrong = [
        Problem("bad_setting", part, name,
                "it begins with a letter or digit and has at most 100 letters, digits and . _ @ -",
                "such as eu-west")
        for name in names if not NAME.fullmatch(name)
    ]  # fmt: skip
    return tuple(names), wrong
