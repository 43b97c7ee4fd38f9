"""Observer mode, and the guard against a copy: a store that this process should not fire.

A store keeps the identity of its place (an SQLite file's, a PostgreSQL database's) and the name of
the environment that fires it, where one was given. A process that finds another one there does
not become a node: it shows everything and starts nothing, until somebody says `rota adopt`. So a
laptop on production's data does not fire, nor does a copy that was restored for a look.
"""

from __future__ import annotations

import json
import os

from rota.engine.client.context import Context
from rota.engine.client.recording import audited
from rota.errors import BadSetting, RotaError

__all__ = ("Foreign", "Place", "foreign")

KEPT = "environment"
LONGEST = 100


class Foreign(RotaError):
    """The store is another environment's, or a copy: nothing may be fired from here."""

    code = "refused"


class Place:
    """Which environment this process is, and whether it is only to look.

    `environment` and `observe` default to ROTA_ENVIRONMENT and ROTA_OBSERVE.
    """

    def __init__(self, environment: str | None, observe: bool | None) -> None:
        given = os.environ.get("ROTA_ENVIRONMENT", "") if environment is None else environment
        self.environment = check_environment(given)
        told = os.environ.get("ROTA_OBSERVE", "") not in ("", "0")
        self.observe = told if observe is None else bool(observe)

    def claim(self, context: Context) -> None:
        """Become the one who fires the store, or raise `Foreign`."""
        if self.observe:
            raise Foreign(
                "it was told to observe only", part="observe",
                hint="leave ROTA_OBSERVE or observe=True out",
            )  # fmt: skip
        claim(context, self.environment)

    def would_observe(self, context: Context) -> str:
        """Why a node of this process would only observe; empty if it would fire."""
        identity = context.store.describe()["identity"]
        return foreign(context.store.kept(KEPT), identity, self.environment)

    def adopt(self, context: Context, user: str | None) -> None:
        """From now on this place and environment fire the store."""
        adopt(context, self.environment, user)


def check_environment(name: str) -> str:
    """The name of an environment, such as production. BadSetting if it cannot be one."""
    if not isinstance(name, str) or len(name) > LONGEST or not name.isprintable():
        raise BadSetting(
            f"an environment's name is text of at most {LONGEST} characters",
            part="environment", text=str(name), hint="such as production",
        )  # fmt: skip
    return name


def foreign(kept: str | None, identity: str, environment: str) -> str:
    """Why nothing may be fired from here; empty if nothing speaks against it.

    >>> foreign(None, "a", "")
    ''
    >>> foreign('{"identity": "a", "environment": "production"}', "a", "")
    'this store is fired by the environment “production”, and this process names none'
    """
    found = read(kept)
    if found is None:
        return ""
    if found["identity"] != identity:
        return "this store is a copy, or was moved or restored: another place fired it before"
    theirs = found["environment"]
    if theirs and theirs != environment:
        ours = f"is “{environment}”" if environment else "names none"
        return f"this store is fired by the environment “{theirs}”, and this process {ours}"
    return ""


def claim(context: Context, environment: str) -> None:
    """Write down who fires this store, where nobody has or the environment has no name yet; raise
    `Foreign` if it is not ours to fire. Twice is once.
    """
    identity = context.store.describe()["identity"]
    for _ in range(2):  # another node may have written it in between
        kept = context.store.kept(KEPT)
        reason = foreign(kept, identity, environment)
        if reason:
            raise Foreign(
                reason, part="environment", text=environment,
                hint="if it is to fire from here from now on: rota adopt",
            )  # fmt: skip
        wanted = written(identity, environment)
        if kept == wanted or context.store.keep(KEPT, wanted, kept):
            return


def adopt(context: Context, environment: str, user: str | None = None) -> None:
    """From now on this place and environment fire the store; the one before does not."""
    context.ready()
    identity = context.store.describe()["identity"]
    wanted, kept = written(identity, environment), context.store.kept(KEPT)
    if kept == wanted:
        return
    with context.store.transaction():
        context.store.keep(KEPT, wanted, kept)
        named = f" as “{environment}”" if environment else ""
        context.say("store.adopted", f"This place was adopted{named}", level="warning", user=user)
        audited(
            context, "store.adopted", "store", before=read(kept), after=read(wanted), user=user
        )  # fmt: skip


def written(identity: str, environment: str) -> str:
    return json.dumps({"identity": identity, "environment": environment}, sort_keys=True)


def read(kept: str | None) -> dict[str, str] | None:
    """What a store keeps; what cannot be read counts as a copy of nothing we know."""
    if kept is None:
        return None
    try:
        found = json.loads(kept)
        return {"identity": str(found["identity"]), "environment": str(found["environment"])}
    except (ValueError, TypeError, KeyError):
        return {"identity": "", "environment": ""}
