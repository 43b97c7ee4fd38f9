from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from rota.web.serve import listen
from web.fake import Fake
from web.serving import serving

HOST = """
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from web.fake import ordinary
from rota.web import application
from rota.web.serve import listen, serve

fake = ordinary()
app = Starlette(routes=[Mount("/rota", application(fake))])
listening = listen("127.0.0.1", 0)
print(listening.getsockname()[1], flush=True)
if sys.argv[1] == "ours":
    serve(app, listening)
    print("the node may stop now", flush=True)
else:
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])
"""


PATIENCE = 20  # seconds; a machine that others load is slow


def read_until(stream: socket.socket, wanted: bytes, seconds: float = 10) -> bytes:
    stream.settimeout(seconds)
    got = b""
    while wanted not in got:
        more = stream.recv(65536)
        if not more:
            break
        got += more
    return got


def open_stream(port: int) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", port), timeout=10)
    stream.sendall(b"GET /rota/api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"event: hello" in read_until(stream, b"event: hello")
    return stream


@pytest.mark.parametrize("kind", ["ours", "the host's"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_open_streams_do_not_hold_the_process(kind: str, number: signal.Signals) -> None:
    root = Path(__file__).parents[2]
    paths = os.pathsep.join([str(root / "src"), str(root / "tests")])
    kept = ExitStack()
    process = subprocess.Popen(
        [sys.executable, "-c", HOST, kind], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths}, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        streams = [kept.enter_context(open_stream(port)) for _ in range(3)]
        process.send_signal(number)
        for stream in streams:
            assert b"event: bye" in read_until(stream, b"event: bye", PATIENCE)
        kept.close()
        said, errors = process.communicate(timeout=PATIENCE)
        if kind == "ours":
            assert (process.returncode, said, errors) == (0, "the node may stop now\n", "")
    finally:
        kept.close()
        process.kill()
        process.communicate()


def test_a_server_in_a_thread_is_found_without_signals() -> None:
    fake = Fake()
    with ExitStack() as kept, serving(fake) as address:
        port = int(address.split(":")[2].split("/")[0])
        stream = kept.enter_context(open_stream(port))
        ended = threading.Thread(target=read_until, args=(stream, b"event: bye", PATIENCE))
        ended.start()
    ended.join(PATIENCE)
    assert not ended.is_alive()


def test_a_change_is_told_and_then_the_watcher_rests() -> None:
    fake, before = Fake(), threading.enumerate()
    with serving(fake) as address, ExitStack() as kept:
        port = int(address.split(":")[2].split("/")[0])
        streams = [kept.enter_context(open_stream(port)) for _ in range(5)]
        begun = [one for one in threading.enumerate() if one not in before]
        watching = [one for one in begun if one.name == "rota-page"]
        assert len(watching) == 1
        fake.count += 1
        for stream in streams:
            assert b"event: change" in read_until(stream, b"event: change", PATIENCE)
        kept.close()
        watching[0].join(PATIENCE)
        assert not watching[0].is_alive()  # nobody listens


def test_changes_are_coalesced() -> None:
    from rota.web import stream as module

    class Busy:
        running = True
        count = 0

        def changes(self) -> int:
            self.count += 1
            return self.count

    async def listen() -> int:
        told = 0
        loop = asyncio.get_running_loop()
        end = loop.time() + 1.2
        async for text in module.events(module.Watcher(Busy())):  # type: ignore[arg-type]
            told += "event: change" in text
            if loop.time() > end:
                return told
        return told

    with ThreadPoolExecutor(1) as thread:  # the browser's driver has a loop in this one
        assert 2 <= thread.submit(asyncio.run, listen()).result() <= 6


def test_an_answer_is_not_held_back_for_an_acknowledgement() -> None:
    listening = listen("127.0.0.1", 0)
    try:
        assert listening.proto == socket.IPPROTO_TCP  # what asyncio asks before TCP_NODELAY
    finally:
        listening.close()
