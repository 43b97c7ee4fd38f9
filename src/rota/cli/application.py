"""Which application and which store a command works on, opened as a client or as a node."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rota.cli.loading import load
from rota.cli.settings import Settings
from rota.engine.client.acting import acting
from rota.errors import BadSetting

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import TextIO

    from rota.app import Rota

__all__ = ("aside", "chosen", "client", "database_url", "named", "node")

Code = TypeVar("Code", bound=Callable[..., Any])


def aside() -> AbstractContextManager[TextIO]:
    """Meanwhile what the application prints goes to standard error; output is the command's."""
    return redirect_stdout(sys.stderr)


@contextmanager
def client(settings: Settings) -> Iterator[Rota]:
    """The application's store, opened to be read and edited; no node starts in this process."""
    from rota.engine.hosting.process import clients_only

    clients_only()
    rota = chosen(settings)
    try:
        with aside():
            rota.open()
        with acting("cli", whoami()):
            yield rota
    finally:
        rota.close()


def whoami() -> str | None:
    """The name of the operating system's user, for the audit."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a process without a name in the user database
        return None


@contextmanager
def node(
    settings: Settings, roles: tuple[str, ...] = (), labels: tuple[str, ...] = ()
) -> Iterator[Rota]:
    """The application, about to be a node: it must be named, for a node runs its tasks."""
    if settings.application is None:
        raise BadSetting("a node runs an application's tasks, and none is named", part="--app",
                         hint="write --app module[:attribute] or set ROTA_APP")  # fmt: skip
    rota = chosen(settings)
    if roles or labels:
        rota.announce(roles=roles or None, labels=labels or None)
    try:
        yield rota
    finally:
        rota.close()


def named(function: Code) -> Code:
    """The options by which an operator says what a node is."""
    role = click.option("--role", "roles", multiple=True, metavar="ROLE",
                        help="A role of this node, for placement. Else ROTA_ROLES.")  # fmt: skip
    label = click.option("--label", "labels", multiple=True, metavar="LABEL",
                         help="A label of this node, for placement. Else ROTA_LABELS.")  # fmt: skip
    return role(label(function))


def chosen(settings: Settings) -> Rota:
    """The Rota of the line: the application's, on the store that `--database` names if it does."""
    if settings.database:
        os.environ["ROTA_DATABASE"] = settings.database  # for a Rota() without a URL of its own
    if settings.application is None:
        return bare(settings)
    with aside():
        rota = load(settings.application)
    if settings.database:
        rota.use(settings.database)
    return rota


def bare(settings: Settings) -> Rota:
    """A Rota without code: it reads and edits what is stored, whoever's it is."""
    from rota.app import Rota

    url = database_url(settings)
    return Rota(url, app=None)


def database_url(settings: Settings) -> str:
    """The URL of the store: `--database`, else the application's own, else ROTA_DATABASE."""
    if settings.database:
        return settings.database
    if settings.application is not None:
        return chosen(settings).url
    url = os.environ.get("ROTA_DATABASE")
    if not url:
        raise BadSetting("no store is named", part="--database",
                         hint="write --database sqlite:///rota.db, or --app module[:attribute], "
                              "or set ROTA_DATABASE")  # fmt: skip
    return url
