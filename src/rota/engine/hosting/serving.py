"""What an application is among the servers that share its store, as `Rota` says it."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from rota.engine.hosting.environment import Place
from rota.engine.roles.main_instance import Listener as MainListener
from rota.engine.roles.main_instance import MainInstance
from rota.engine.roles.terms import Listener, check_role
from rota.errors import Refused, RotaError
from rota.rules.roles import UNKNOWN

if TYPE_CHECKING:
    from rota.engine.client.context import Context
    from rota.engine.hosting.patience import Patience
    from rota.engine.node import Node

__all__ = ("Serving",)

logger = logging.getLogger("rota")


class Serving:
    """The server role of one application in this process, and whether it is main on its machine."""

    app: str | None
    node: Node | None
    patience: Patience | None
    context: Context

    def __init__(
        self, server_role: str | None, environment: str | None, observe: bool | None,
        main_instance: bool | str,
    ) -> None:  # fmt: skip
        self.fixed_role = check_role(server_role)
        self.role_listeners: list[Listener] = []
        self.place = Place(environment, observe)
        self.main_instance = main_instance  # wanted; a text tells deployments apart
        self.main = MainInstance(self.say_main)
        self.main.listeners.append(self.main_changed)

    @property
    def observing(self) -> str:
        """Why this process only observes: it is not to fire this store. Empty if it may."""
        return self.patience.observing if self.patience is not None else ""

    def adopt(self, *, user: str | None = None) -> None:
        """From now on this place, and the environment that this application names, fires the
        store; any other only observes. Twice is once.
        """
        self.place.adopt(self.context, user)

    @property
    def server_role(self) -> str:
        """unknown, single, subscriber or scheduling_publisher: what this process is among the
        nodes just now, by election or as set by `server_role=`.
        """
        return self.node.terms.role if self.node is not None else self.fixed_role or UNKNOWN

    def on_server_role(self, listener: Listener) -> Listener:
        """Call `listener(role, before)` whenever the server role changes. Usable as a decorator."""
        self.role_listeners.append(listener)
        return listener

    def leading(self) -> AbstractContextManager[int]:
        """`with rota.leading() as term:` writes as the scheduling publisher: all of it in one
        transaction, which is Refused if the term is over. The number is a fence for other stores.
        """
        if self.node is None:
            raise Refused("there is no node in this process", hint="call rota.start() first")
        return self.node.terms.leading()

    # ------------------------------------------------------------ main instance

    @property
    def is_main_instance(self) -> bool:
        """Whether this process is the main one of this application on this machine: the newest.
        Never so unless `main_instance=` asked for it.
        """
        return self.main.is_main

    def on_main_instance(self, listener: MainListener) -> MainListener:
        """Call `listener(True)` when this process becomes the main instance, `listener(False)` when
        a newer one wants to: whatever must not go on beside it has to end in there, within ten
        seconds. Usable as a decorator.
        """
        self.main.listeners.append(listener)
        return listener

    def stands(self) -> bool:
        """Whether this process may be elected: where there are main instances, no other may. Else
        one process would be the publisher and another one main, and nobody both.
        """
        return self.main_instance is False or self.main.is_main

    def main_changed(self, main: bool) -> None:
        if self.node is not None:
            self.node.keeper.awake.set()

    def take_part(self) -> None:
        """Become the main instance as soon as the one before lets go, if that is wanted."""
        if self.main_instance is False:
            return
        found = self.context.store.describe()
        place = found["place"]
        if found["kind"] == "sqlite":
            place = str(Path(place).resolve())
        self.main.start("\n".join((self.app or "", place, str(self.main_instance))))

    def say_main(self, text: str) -> None:
        logger.info("%s", text)
        try:
            self.context.say("node.main_instance", text)
        except RotaError as error:
            logger.debug("the event log did not take it: %s", error)
