"""What the site starts with: pages, drafts about to come out, a bin, pictures, readers."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

from rota.demo.content import Content, Section
from rota.demo.database import transaction
from rota.demo.logbook import Logbook, copied
from rota.demo.picture import river
from rota.demo.times import local
from rota.demo.traffic import Traffic
from rota.demo.uploads import Uploads

__all__ = ("Text", "is_empty", "read_texts", "seed")

HERE = Path(__file__).parent
DAY = 86_400

# Seconds after the first start; "The ferry in winter" mends the link that is broken until then.
PLANS: dict[str, int | None] = {
    "the-poplars-are-counted": 4,
    "saturday-market": 25,
    "the-ferry-in-winter": 75,
    "a-barge-named-patience": 240,
    "notes-on-lamps": 900,
    "an-idea-for-the-museum": None,
}
PICTURES = {  # sky, glow, water, sun
    "last-ferry.png": ((40, 26, 66), (240, 96, 70), (44, 34, 70), (240, 160, 34)),
    "river-before-dawn.png": ((16, 22, 44), (92, 88, 120), (28, 38, 60), (330, 62, 12)),
    "bakery-at-five.png": ((30, 32, 62), (236, 138, 92), (50, 54, 80), (120, 164, 26)),
    "upper-gate-noon.png": ((96, 158, 206), (214, 232, 238), (62, 112, 128), (300, 52, 22)),
    "october-bench.png": ((150, 162, 170), (244, 206, 140), (96, 104, 96), (370, 128, 30)),
    "weir-in-fog.png": ((186, 192, 194), (222, 222, 216), (150, 158, 158), (240, 110, 18)),
}


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the package's folders."""

    slug: str
    section: Section
    title: str
    summary: str
    body: str


def read_texts(folder: str) -> Iterator[Text]:
    """The texts of a folder: `section | title`, a summary, a blank line and the body."""
    for path in sorted((HERE / folder).glob("*.txt")):
        head, summary, _, body = path.read_text(encoding="utf-8").split("\n", 3)
        section, _, title = head.partition(" | ")
        yield Text(path.stem, cast("Section", section), title, summary, body.strip())


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nobody has written anything yet."""
    return connection.execute("SELECT 1 FROM pages LIMIT 1").fetchone() is None


def seed(connection: sqlite3.Connection, uploads: Path, now: int) -> None:
    """Fill an empty site, as if it had been kept for some weeks."""
    chance = random.Random(9)  # the same site each time
    _pages(Content(connection), now)
    _bin(Content(connection), now)
    _files(Uploads(connection, uploads), now)
    with transaction(connection):
        _readers(Traffic(connection), now, chance)
        for entry in copied(1925):
            if entry.cargo and entry.tons.isdigit():
                Logbook(connection).keep(entry, int(entry.tons))


def _pages(content: Content, now: int) -> None:
    for number, text in enumerate(read_texts("texts")):
        # shuffled by a step, so that guides and stories come out mixed
        written = now - DAY * (3 + number * 5 % 13 * 3)
        content.publish(
            content.write(
                text.title,
                text.body,
                written,
                summary=text.summary,
                section=text.section,
                slug=text.slug,
            ),
            written,
        )
    for text in read_texts("drafts"):
        planned = PLANS[text.slug]
        content.write(
            text.title,
            text.body,
            now - DAY,
            summary=text.summary,
            slug=text.slug,
            section=text.section,
            publish_at=None if planned is None else now + planned,
        )


def _bin(content: Content, now: int) -> None:
    for age, title in (
        (200, "Notice: the bench is wet"),
        (95, "Lost: one oar"),
        (40, "Found: one oar"),
        (5, "A second notice about the bench"),
    ):
        content.bin(content.write(title, "This has been dealt with.", now - DAY), now - age)


def _files(uploads: Uploads, now: int) -> None:
    for number, (name, colours) in enumerate(PICTURES.items()):
        uploads.add(name, river(*colours), now - DAY * (number + 2))
    levels = "day;centimetres\n" + "".join(
        f"2026-10-{day:02};{118 + day * 37 % 23}\n" for day in range(1, 32)
    )
    uploads.add("levels-october.csv", levels.encode(), now - DAY)
    for name in ("bench-old-price.txt", "poster-draft.txt"):
        uploads.bin(uploads.add(name, b"superseded\n", now - DAY).id, now - 100)


def _readers(traffic: Traffic, now: int, chance: random.Random) -> None:
    """Six weeks of views: more on weekends, more for what stands first."""
    slugs = ["home", *(text.slug for text in read_texts("texts"))]
    today = local(now).date()
    for age in range(42):
        day = today - timedelta(days=age)
        busy = 1.7 if day.weekday() >= 5 else 1.0
        for rank, slug in enumerate(slugs):
            views = busy * chance.uniform(14, 34) / (1 + rank * 0.4)
            traffic.count(slug, day, max(1, round(views)))
