"""Walking the site as a reader would: asking for pages over HTTP and following their links."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

__all__ = ("WALKER", "Step", "Walker")

WALKER = "lock-nine-link-walker"  # what we call ourselves, so that nobody counts us as a reader
MOST = 400  # addresses of one walk


@dataclass(frozen=True, slots=True)
class Step:
    """One address that was asked for: the answer's status, 0 for none, and who links to it."""

    address: str
    status: int
    linked_from: str

    @property
    def broken(self) -> bool:
        """Whether a reader who follows the link stands before nothing."""
        return self.status == 0 or self.status >= 400


class Walker:
    """Walks one site and never leaves it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def walk(self, start: str, leave_out: tuple[str, ...] = ()) -> Iterator[Step]:
        """Ask for `start` and for everything that can be reached from it, each address once."""
        waiting = deque([(urljoin(self.address, start), "")])
        seen = {waiting[0][0]}
        while waiting and len(seen) <= MOST:
            address, linked_from = waiting.popleft()
            status, links = self._ask(address)
            yield Step(self._short(address), status, linked_from)
            for link in links:
                where = urldefrag(urljoin(address, link)).url
                if where in seen or not where.startswith(self.address):
                    continue
                if not urlsplit(where).path.startswith(leave_out or "\0"):
                    seen.add(where)
                    waiting.append((where, self._short(address)))

    def _ask(self, address: str) -> tuple[int, list[str]]:
        request = urllib.request.Request(address, headers={"User-Agent": WALKER})
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:
                if "html" not in answer.headers.get("content-type", ""):
                    return answer.status, []
                reader = _Links()
                reader.feed(answer.read().decode("utf-8", "replace"))
                return answer.status, reader.found
        except urllib.error.HTTPError as wrong:
            wrong.close()
            return wrong.code, []
        except OSError:
            return 0, []

    def _short(self, address: str) -> str:
        return "/" + address.removeprefix(self.address)


class _Links(HTMLParser):
    """Collects where a page leads and what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"a": "href", "link": "href", "img": "src"}.get(tag)
        self.found += [value for name, value in attrs if name == wanted and value]
