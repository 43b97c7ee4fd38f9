"""`rota serve`: the web application under uvicorn, which ends when it is told to."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from rota.errors import Refused

__all__ = ("listen", "serve")

GRACE = 3  # seconds that open answers get; our streams end by themselves in half a second


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, or a refusal in one line; port 0 picks a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol said, asyncio sends each answer at once; else a second answer on one
    # connection waits 40 ms for the other side's acknowledgement of its head.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(128)
    except (OSError, OverflowError) as error:
        made.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused(
            reason[:1].lower() + reason[1:], part="address", text=f"{host}:{port}",
            hint="write another --host or --port; --port 0 picks a free one",
        ) from None  # fmt: skip
    made.set_inheritable(True)
    return made


class Server(uvicorn.Server):
    """One that also hears what was said before it could listen to signals itself."""

    told: Callable[[], bool]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.told():
            self.should_exit = True


def serve(app: ASGIApp, listening: socket.socket, told: Callable[[], bool] = lambda: False) -> None:
    """Serve until SIGTERM or Ctrl-C, then return; every open page is told to go. `told` says
    whether such a signal came before.
    """
    server = Server(
        uvicorn.Config(
            app, lifespan="off", log_level="warning", access_log=False, proxy_headers=False,
            server_header=False, timeout_graceful_shutdown=GRACE,
        )
    )  # fmt: skip
    server.told = told
    try:
        with signals_survived():
            server.run(sockets=[listening])
    finally:
        listening.close()


@contextmanager
def signals_survived() -> Iterator[None]:
    """uvicorn raises the signal that ended it once more; by default that would end the process
    before the node has stopped. Handlers that somebody has set stay theirs.
    """
    mine = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            mine[number] = signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in mine.items():
            signal.signal(number, handler)
