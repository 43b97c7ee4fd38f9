"""Publish what is due."""

from __future__ import annotations

from rota import Run
from rota.demo.database import moment
from rota.demo.parts import Site

__all__ = ("publish_due",)


def publish_due(run: Run, site: Site) -> str | None:
    """Show readers every draft whose hour has come."""
    out = [page for page in site.content.due(moment()) if site.content.publish(page.id, moment())]
    for page in out:
        run.log.info("published “%s” at %s", page.title, page.address)
    return f"published {', '.join(page.title for page in out)}" if out else None
