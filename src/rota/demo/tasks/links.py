"""Check the site's own links by following them."""

from __future__ import annotations

from typing import Literal

from rota import Failed, Run
from rota.demo.walk import Walker

__all__ = ("check_links",)


def check_links(
    run: Run, walker: Walker, scope: Literal["readers", "everything"] = "readers"
) -> str | Failed:
    """Ask for every address the site links to; fail with the list of those that lead nowhere.

    `readers` walks what readers see, `everything` the editors' desk as well.
    """
    leave_out = ("/rota", "/desk") if scope == "readers" else ("/rota",)
    asked, broken = 0, []
    for step in walker.walk("/", leave_out):
        run.checkpoint()
        asked += 1
        if step.broken:
            run.log.warning(
                "%s answers %s, linked from %s",
                step.address,
                step.status or "nothing",
                step.linked_from or "outside",
            )
            broken.append(f"{step.address} (on {step.linked_from})")
        else:
            run.log.debug("%s answers %d", step.address, step.status)
    if broken:
        return Failed(f"{len(broken)} of {asked} links lead nowhere: {', '.join(broken)}")
    return f"all {asked} links lead somewhere"
