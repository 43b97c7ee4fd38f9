"""What a command line answers, and nodes that are started by one: for tests of real commands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a command line answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        (only,) = self.json["errors"]
        assert set(only) == {"code", "part", "text", "reason", "hint"}
        return dict(only)

    @property
    def rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.out.splitlines()]


class NodeProcesses(list[subprocess.Popen[bytes]]):
    """Nodes of one store, each a process of its own."""

    def start(
        self,
        url: str,
        folder: Path,
        *words: str,
        app: str = "app",
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """One more, of the application in that module of the folder; returns when it is ready."""
        command = [sys.executable, "-m", "rota", "--app", app, "--database", url, "node", *words]
        self.append(subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, env=environment))
        said = self[-1].stdout
        assert said is not None
        assert b"is ready" in said.readline()
        return self[-1]


@contextmanager
def node_processes() -> Iterator[NodeProcesses]:
    """Nodes that are killed in the end."""
    nodes = NodeProcesses()
    try:
        yield nodes
    finally:
        for process in nodes:
            process.kill()
            process.communicate()
