"""Templates, and what each of them may use. Everything is escaped; nothing is marked safe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from rota.web.offload import inside, who
from rota.web.show import marks, slots, times
from rota.web.show.steps import steps

__all__ = ("back_to", "ours", "redirect", "render", "viewer")

HERE = Path(__file__).parent


@cache
def environment() -> jinja2.Environment:
    """The one Jinja environment."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=shown,
    )  # fmt: skip
    made.filters["quoted"] = lambda text: quote(str(text), safe="", errors="replace")
    made.filters["took"] = times.took
    made.filters["thousands"] = lambda number: f"{number:,}"
    made.filters["breakable"] = breakable
    made.filters["typed"] = typed
    made.filters["short"] = short
    made.filters["city"] = lambda zone: str(zone).rpartition("/")[2].replace("_", " ")
    made.filters["plain"] = times.instant
    made.globals["schedule_mark"] = marks.schedule_mark
    made.globals["run_mark"] = marks.run_mark
    made.globals["reason_words"] = marks.reason_words
    made.globals["shown_of_slot"] = slots.SHOWN
    made.globals["slot_words"] = slots.said
    return made


# What would move the cursor, turn the text around or hide in it, as signs that can be seen.
UNSEEN = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"}
UNSEEN |= dict.fromkeys([0x7F, *range(0x80, 0xA0)], "␡")
UNSEEN |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0xFEFF], "␦")


def shown(value: object) -> object:
    """What a template writes: text without the characters that deceive the eye."""
    if isinstance(value, str) and not value.isprintable() and not isinstance(value, Markup):
        return value.translate(UNSEEN)
    return value


def typed(text: object) -> Markup:
    """A field's value, escaped and otherwise as it is: what is sent back must be what was there."""
    return escape(str(text))


def breakable(text: object) -> Markup:
    """The text, escaped, with places where a long name may break: after . - _ / : and @."""
    parts = re.split(r"(?<=[._:@/\-])(?=[^._:@/\-])", str(text).translate(UNSEEN))
    return Markup("<wbr>").join(parts)


def short(text: object, most: int = 80) -> str:
    """No more than a line of somebody's text.

    >>> short("abcdef", 4)
    'abc…'
    """
    said = " ".join(str(text).split())
    return said if len(said) <= most else said[: most - 1] + "…"


def render(
    request: Request,
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page: the template with its values and with what every page has."""
    base = request.scope.get("root_path", "")
    look, asks = viewer(request), who(request)
    common = {
        "base": base,
        "title": inside(request).title,
        "observing": inside(request).observing,
        "user": asks,
        "signed_in": "rota.session" in request.scope,
        "may": lambda role: asks is not None and asks.may(role),
        "look": look,
        "scheme": scheme(request),
        "when": look.when,
        "here": here(request),
        "query": dict(request.query_params),
        "link": lambda **changes: linked(request, changes),
        "ways": lambda following: steps(request.query_params, following),
    }
    text = environment().get_template(template).render({**common, **values})
    # A lone surrogate in somebody's text must not cost the page.
    return HTMLResponse(text.encode("utf-8", "replace"), status, dict(headers or {}))


def viewer(request: Request) -> times.Viewer:
    """Whoever looks: their zone, from the cookie that the page's script sets, else UTC."""
    return times.Viewer.of(request.cookies.get("rota_zone", ""))


def scheme(request: Request) -> str:
    """Light or dark if the reader chose one of them; "" leaves it to the system."""
    chosen = request.cookies.get("rota_look", "")
    return chosen if chosen in ("light", "dark") else ""


def here(request: Request) -> str:
    """The page asked for, relative to the mount, without the note of what was just done."""
    path: str = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return path + linked(request, {})


def linked(request: Request, changes: Mapping[str, object]) -> str:
    """The present query with these changes, as `?…`; an empty value takes its key out.

    `did` and `name` are notes for one showing, so they never travel further; the way back through
    a list ends where its cursor is changed by anything but its own links.
    """
    gone = {"did", "name", "run"} | ({"trail"} if "cursor" in changes else set())
    kept = {k: v for k, v in request.query_params.items() if k not in gone}
    kept.update({key: str(value) for key, value in changes.items()})
    pairs = {key: value for key, value in kept.items() if value != ""}
    return "?" + urlencode(pairs, errors="replace") if pairs else ""


def back_to(request: Request, target: str, **note: str) -> Response:
    """Back to a page of ours after a change, with a note of what was done."""
    safe = ours(target)
    if note:
        safe += ("&" if "?" in safe else "?") + urlencode(note)
    return redirect(request, safe)


def ours(target: str) -> str:
    """The path if it is one of our pages, else the first page: no link leads elsewhere.

    >>> ours("/runs?state=failed"), ours("//elsewhere.example"), ours("javascript:alert(1)")
    ('/runs?state=failed', '/', '/')
    """
    return target if re.fullmatch(r"/(?!/)[\w./~%@:?&=+,\-]*", target) else "/"


def redirect(request: Request, path: str) -> Response:
    """See other: a page of ours, relative to the mount."""
    root = request.scope.get("root_path", "")
    return Response(status_code=303, headers={"location": f"{root}{path}"})
