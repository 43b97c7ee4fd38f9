"""Rebuild sitemap.xml."""

from __future__ import annotations

import asyncio
from xml.sax.saxutils import escape

from rota.demo.parts import Site
from rota.demo.times import local
from rota.demo.walk import Walker

__all__ = ("rebuild_sitemap",)

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


async def rebuild_sitemap(site: Site, walker: Walker) -> str | None:
    """Write the sitemap of all published pages, if anything changed since the last time."""
    pages = await asyncio.to_thread(site.content.published)
    lines = [
        f"<url><loc>{escape(walker.address.rstrip('/') + page.address)}</loc>"
        f"<lastmod>{local(page.changed_at).isoformat()}</lastmod></url>"
        for page in pages
    ]
    text = "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<urlset xmlns="{SPACE}">',
            *lines,
            "</urlset>",
            "",
        ]
    )
    return f"{len(pages)} pages written" if await asyncio.to_thread(_replaced, site, text) else None


def _replaced(site: Site, text: str) -> bool:
    target = site.folder.sitemap
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return False
    fresh = target.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)  # readers see the old one or the new one, never half
    return True
