"""Pictures of every page: `python -m tests.web.screenshots OUT_DIR`.

Wide and 360 px, light and dark, with ordinary, empty and hostile data.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "tools")]

import chromium
from web.fake import Fake, hostile, ordinary
from web.serving import serving

SIZES = {"wide": (1440, 900), "phone": (360, 740)}


def pages(fake: Fake, kind: str) -> dict[str, str]:
    failed = next((run.id for run in fake.all_runs if run.state == "failed"), 1)
    running = next((run.id for run in fake.all_runs if run.state == "running"), 1)
    found = {"home": "/", "tasks": "/schedules", "timeline": "/timeline", "runs": "/runs",
             "events": "/events", "audit": "/audit", "system": "/system", "nodes": "/nodes",
             "preview": "/preview"}  # fmt: skip
    if kind == "ordinary":
        found |= {
            "task": "/schedules/links?at=2026-11-22T05:00:00", "run": f"/runs/{running}",
            "failed": f"/runs/{failed}", "paused": "/schedules?did=paused&name=feeds&status=paused",
            "read": "/preview?trigger=weekly+on+mon,thu+at+09:00+in+Europe/Prague",
            "wrong": "/preview?trigger=daily+at+09:00+in+Europe/Pragu",
            "missing": "/schedules/nope", "week": "/timeline?view=week",
        }  # fmt: skip
    if kind == "hostile":
        found |= {"task": "/schedules/nasty-8", "run": f"/runs/{failed}"}
    return found


def main(folder: Path, only: str = "") -> None:
    """Make all pictures, or those whose name holds `only`."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {"ordinary": ordinary(), "empty": Fake(), "hostile": hostile()}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        for kind, fake in kinds.items():
            with serving(fake) as address:
                for name, path in pages(fake, kind).items():
                    for size, (width, height) in SIZES.items():
                        for scheme in ("light", "dark"):
                            stem = f"{kind}-{name}-{size}-{scheme}"
                            if only not in stem:
                                continue
                            context = browser.new_context(
                                viewport={"width": width, "height": height},
                                color_scheme=scheme,
                                timezone_id="Europe/Prague",
                            )
                            page = context.new_page()
                            page.goto(address + path)
                            page.locator("#live[data-state=live]").wait_for(timeout=5000)
                            page.wait_for_timeout(250)
                            page.screenshot(path=folder / f"{stem}.png", full_page=True)
                            context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
