"""The pytest plugin is found by every pytest, and its documented example runs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "testing.md"
SHOP = """
from rota import Rota, every

rota = Rota("sqlite:///shop.db")
rota.task("shop.sweep", schedule=every("1h"))(lambda: None)
"""


def declared() -> str:
    """The module that the package tells every pytest to load."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["entry-points"]["pytest11"]["rota"])


def test_the_documented_example_runs(tmp_path: Path) -> None:
    (example,) = PAGE.read_text(encoding="utf-8").split("```py\n")[1:]
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    (tmp_path / "test_shop.py").write_text(example.split("```")[0], encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir=.", "-p", declared()]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # else it may be there twice
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=50, env=alone
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert not (tmp_path / "shop.db").exists(), "the test has a store of its own"
