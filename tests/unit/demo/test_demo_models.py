"""The demonstration's work in the four programming models, on a node driven by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rota import Rota
from rota.demo.folder import Folder
from rota.demo.models import Models
from rota.demo.parts import open_site
from rota.demo.site import prepare
from rota.demo.timetable import register
from rota.testing import ManualNode


@pytest.fixture
def node(tmp_path: Path) -> Iterator[ManualNode]:
    folder = Folder(tmp_path / "data")
    prepare(folder)
    rota = Rota("memory://", zone="Europe/Prague")
    register(rota, folder, "http://127.0.0.1:1/")
    models = Models(rota, folder)
    with ManualNode(rota, datetime.now(UTC)) as driven:  # the site asks what time it is
        for name in [item.name for item in rota.schedules.list(100) if item.name.startswith("site.")
                     or item.name.startswith("gauge.")]:  # fmt: skip
            if name != "site.pictures":  # what the models are not about
                rota.schedules.pause(name)
        models.add_first_schedules()
        yield driven


def test_all_four_do_real_work(node: ManualNode, tmp_path: Path) -> None:
    runs = {run.schedule: run for run in node.advance(minutes=2)}
    results = {name: (run.state, run.result) for name, run in runs.items()}
    for name, words in {
        "Say-hello": "Hello from Say hello",
        "Import-the-logbook-of-1928": "new lines of 1928",
        "Proofread-the-pages": "words on",
        "CleanUpYourRoom": "things in the bin",
        "CountReaders": "views since Monday",
        "site.pictures": "CheckPictures: again in 30 s",
    }.items():
        state, result = results[name]
        assert state == "succeeded", results[name]
        assert words in str(result)
    with open_site(Folder(tmp_path / "data")) as site:
        assert site.logbook.size() > 2_000
    texts = [line.text for line in node.rota.runs.log(runs["site.pictures"].id)]
    assert any("last-ferry.png is well" in text for text in texts)


def test_the_button_s_work_empties_the_bin(node: ManualNode, tmp_path: Path) -> None:
    run = node.run_now("EmptyBinNow")
    assert run.state == "succeeded"
    assert run.result == "6 removed at once"
    with open_site(Folder(tmp_path / "data")) as site:
        assert not site.content.binned()


def test_a_picture_that_is_gone_is_told(node: ManualNode, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    with open_site(folder) as site:
        site.uploads.path(site.uploads.kept()[0]).unlink()
    node.advance(seconds=10)
    (run,) = [run for run in node.runs if run.schedule == "site.pictures"]
    warned = [line.text for line in node.rota.runs.log(run.id) if line.level == "warning"]
    assert len(warned) == 1
    assert "is not as it was uploaded" in warned[0]


def test_task_data_that_is_no_year_is_a_failure_in_words(node: ManualNode) -> None:
    run = node.run_now("Import-the-logbook-of-1928", {"data": "last year"})
    assert (run.state, run.result) == ("failed", "Write a year into the task data")
