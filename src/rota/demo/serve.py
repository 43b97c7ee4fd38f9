"""The site and Rota in one process, served by uvicorn until somebody ends it."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from logging.handlers import RotatingFileHandler
from types import FrameType

import uvicorn
from fastapi import FastAPI

from rota import Rota
from rota.demo.folder import Folder
from rota.demo.models import Models
from rota.demo.site import create_site, prepare
from rota.demo.times import ZONE
from rota.demo.timetable import add_first_schedules, register

__all__ = ("build", "serve")


def build(folder: Folder, address: str) -> FastAPI:
    """The site with Rota in it: these lines are all it takes."""
    filled = prepare(folder)
    _log_to(folder)
    rota = Rota(f"sqlite:///{folder.schedules}", app="lock-nine", zone=ZONE)
    register(rota, folder, address)
    models = Models(rota, folder)
    rota.open()  # a store that cannot be used is said now, before anything is served
    if filled:
        add_first_schedules(rota)
        models.add_first_schedules()
    app = create_site(folder, lifespan=rota.lifespan)
    app.include_router(models.button)
    app.state.has_button = True
    app.mount("/rota", rota.web())
    return app


def _log_to(folder: Folder) -> None:
    """Keep what is logged in a file: Rota's page shows it, and the terminal stays readable."""
    handler = RotatingFileHandler(folder.log, maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)


def serve(app: FastAPI, listening: socket.socket, lines: list[str]) -> int:
    """Serve until SIGINT or SIGTERM, saying `lines` once it does; the exit code."""
    server = _Server(
        uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=1), lines
    )

    def end(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    # uvicorn has handlers of its own while it serves and raises what it caught once more when it
    # is done: these cover the moments before, and make the end an ordinary one
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listening])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if server.started else 1


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, lines: list[str]) -> None:
        super().__init__(config)
        self.lines = lines

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write("".join(f"{line}\n" for line in self.lines))
            sys.stdout.flush()
