"""An application served for a test: a real uvicorn, in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from rota.web import application
from rota.web.serve import listen


@contextmanager
def serving(rota: Any, **options: Any) -> Iterator[str]:
    """The address of `rota`'s pages, mounted at /rota of a host."""
    host = Starlette(routes=[Mount("/rota", application(rota, **options))])
    socket = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(host, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}/rota"
    finally:
        server.should_exit = True
        thread.join(10)
        socket.close()
