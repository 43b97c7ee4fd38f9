"""Pictures of every page.

    python -m tests.web.screenshots                 # those of docs/pictures: small, for people
    python -m tests.web.screenshots FOLDER [WORD]   # all there are, or those with WORD in the name

All there are: wide and 360 px, light and dark, with ordinary, empty and hostile data.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

import chromium
from web.fake import Fake, hostile, ordinary
from web.serving import serving

SIZES = {"wide": (1440, 900), "phone": (360, 740)}
SCHEMES = ("light", "dark")
FOR_PEOPLE = (("wide", "light"), ("phone", "dark"))
TALLEST, COLOURS, EXACT = 1400, 250, 130
Shot = tuple[str, str, str, str]  # name, path, size, scheme


def pages(fake: Fake, kind: str) -> dict[str, str]:
    """The pages worth a picture, by name."""
    failed = next((run.id for run in fake.all_runs if run.state == "failed"), 1)
    running = next((run.id for run in fake.all_runs if run.state == "running"), 1)
    found = {"home": "/", "tasks": "/schedules", "timeline": "/timeline", "runs": "/runs",
             "events": "/events", "audit": "/audit", "system": "/system", "nodes": "/nodes",
             "preview": "/preview", "new": "/new"}  # fmt: skip
    if kind == "ordinary":
        found |= {
            "task": f"/schedules/links?at={datetime.now(UTC):%Y-%m-%d}T05:00:00",
            "run": f"/runs/{running}",
            "failed": f"/runs/{failed}",
            "paused": "/schedules?did=paused&name=report&status=paused",
            "read": "/preview?trigger=weekly+on+mon,thu+at+09:00+in+Europe/Prague",
            "wrong": "/preview?trigger=daily+at+09:00+in+Europe/Pragu",
            "missing": "/schedules/nope", "week": "/timeline?view=week",
            "new": "/new?trigger=monthly+on+31+at+02:30+in+Europe/Prague",
            "edit": "/schedules/links/edit", "typo": "/new?trigger=daily+at+9:00",
            "pause": "/schedules/links/pause", "slots": "/schedules/caches",
        }  # fmt: skip
    if kind == "hostile":
        found |= {
            "edit": "/schedules/nasty-8/edit",
            "task": "/schedules/nasty-8",
            "run": f"/runs/{failed}",
        }
    return found


def shots(fake: Fake, kind: str, looks: Iterator[tuple[str, str]]) -> Iterator[Shot]:
    """What to take of one set of data."""
    every = list(looks)
    for name, path in pages(fake, kind).items():
        yield from ((name, path, size, scheme) for size, scheme in every)


def take(browser: Browser, address: str, shot: Shot, file: Path) -> None:
    """One picture, when the page is live."""
    _, path, size, scheme = shot
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme,
        timezone_id="Europe/Prague",
    )  # fmt: skip
    # The page knows the zone of whoever has been here before, and what is sticky stands at its end.
    context.add_cookies([{"name": "rota_zone", "value": "Europe/Prague", "url": address}])
    page = context.new_page()
    page.goto(address + path)
    page.locator("#live[data-state=live]").wait_for(timeout=15_000)
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST * 3)
    if page.locator("form.editor").count():
        page.set_viewport_size({"width": width, "height": max(height, tall)})
    page.wait_for_timeout(300)
    page.screenshot(path=file, full_page=True)
    context.close()


def shrink(file: Path) -> None:
    """Few colours and no endless tables: small enough for a repository. The most frequent colours
    stay as they are; the rest of the palette covers the rare ones, such as that of a mark.
    """
    with Image.open(file) as picture:
        cut = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
    counts = sorted(cut.getcolors(cut.width * cut.height) or (), reverse=True)
    exact = [part for _, colour in counts[:EXACT] for part in colour]
    rare = cut.quantize(COLOURS - EXACT, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*exact, *rare][: COLOURS * 3])
    cut.quantize(palette=palette, dither=Image.Dither.NONE).save(file, optimize=True)


def for_people(browser: Browser) -> None:
    """The pictures of docs/pictures."""
    folder, fake = ROOT / "docs" / "pictures", ordinary()
    folder.mkdir(parents=True, exist_ok=True)
    with serving(fake) as address:
        for shot in shots(fake, "ordinary", iter(FOR_PEOPLE)):
            file = folder / f"{shot[0]}-{shot[2]}-{shot[3]}.png"
            take(browser, address, shot, file)
            shrink(file)


def everything(browser: Browser, folder: Path, only: str) -> None:
    """All pictures there are, or those whose name holds `only`."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, fake in {"ordinary": ordinary(), "empty": Fake(), "hostile": hostile()}.items():
        with serving(fake) as address:
            looks = ((size, scheme) for size in SIZES for scheme in SCHEMES)
            for shot in shots(fake, kind, looks):
                stem = f"{kind}-{shot[0]}-{shot[2]}-{shot[3]}"
                if only in stem:
                    take(browser, address, shot, folder / f"{stem}.png")


def main(*given: str) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        if given:
            everything(browser, Path(given[0]), given[1] if len(given) > 1 else "")
        else:
            for_people(browser)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
