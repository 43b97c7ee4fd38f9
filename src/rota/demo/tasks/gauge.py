"""Read the gauge on the weir, and write the keeper's note about it."""

from __future__ import annotations

import asyncio

from rota import Run
from rota.demo.content import Section
from rota.demo.database import moment
from rota.demo.parts import Site
from rota.demo.times import local
from rota.demo.weather import Station, understood

__all__ = ("GaugeError", "keepers_note", "read_gauge")

NOTES = 4  # notes that stay on the site
NOTE: Section = "note"


class GaugeError(RuntimeError):
    """The station sent something that is no bulletin."""


async def read_gauge(run: Run, site: Site, station: Station) -> str:
    """Take the station's bulletin; the wind sometimes leaves only the first half of it."""
    second = moment()
    text = station.read(second)
    run.log.debug("received %r", text)
    try:
        bulletin = understood(text, second)
    except ValueError as wrong:
        raise GaugeError(f"the bulletin breaks off after {text[-14:]!r}") from wrong
    await asyncio.to_thread(site.bulletins.keep, bulletin)
    return f"{bulletin.level_cm} cm, {bulletin.words}"


async def keepers_note(site: Site, out_in_seconds: int = 10) -> str | None:
    """Draft a short note from the last bulletin, and bin the notes that are too many."""
    return await asyncio.to_thread(_note, site, out_in_seconds)


def _note(site: Site, out_in_seconds: int) -> str | None:
    bulletin, now = site.bulletins.latest(), moment()
    if bulletin is None:
        return None
    for old in site.content.published(NOTE)[NOTES:]:
        site.content.bin(old.id, now)
    title = f"{local(now):%H:%M:%S}, {bulletin.words}"
    site.content.write(
        title,
        f"The gauge reads {bulletin.level_cm} cm, the flow is {bulletin.flow} cubic metres "
        f"a second and the air has {bulletin.celsius:.1f} °C.\n\n"
        "What that means is in [the guide](/pages/reading-the-gauge).",
        now,
        section=NOTE,
        publish_at=now + out_in_seconds,
    )
    return f"“{title}” comes out in {out_in_seconds} s"
