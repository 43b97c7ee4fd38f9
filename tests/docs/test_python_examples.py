"""Every Python block of the README and of docs/ runs, each as a program of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from rota import Rota
from rota.rules.states import FINAL
from waiting import eventually

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks() -> Iterator[pytest.ParameterSet]:
    for page in PAGES:
        parts = page.read_text(encoding="utf-8").split("```python\n")
        for number, part in enumerate(parts[1:], 1):
            if part.startswith(">>>"):
                continue  # a session; the page's own test runs it
            yield pytest.param(part.split("```")[0], id=f"{page.name}-{number}")


@pytest.mark.parametrize("code", list(blocks()))
def test_the_example_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)
    try:
        exec(compile(code, "example", "exec"), module.__dict__)
        app = getattr(module, "app", None)
        if app is not None:
            from starlette.testclient import TestClient

            with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
                items = client.get("/rota/api/v1/schedules").json()["items"]
            assert [item["words"] for item in items] == ["Every 5 minutes"]
        run = getattr(module, "run", None)
        if run is not None:
            rota: Rota = module.rota
            item = eventually(lambda: (got := rota.runs.get(run.id)).state in FINAL and got)
            assert item.state == "succeeded", item.error
    finally:
        for value in vars(module).values():
            if isinstance(value, Rota):
                value.close()
