"""The few marks editors may use: paragraphs, ## headings, - lists and [links](/where)."""

from __future__ import annotations

import re
from html import escape

from markupsafe import Markup

__all__ = ("links_in", "to_html")

LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
ALLOWED = re.compile(r"(/(?!/)|https?://|#)")


def to_html(text: str) -> Markup:
    """The text as HTML; everything that is not one of our marks is escaped.

    >>> to_html("See [the weir](/pages/weir) & <b>run</b>.")
    Markup('<p>See <a href="/pages/weir">the weir</a> &amp; &lt;b&gt;run&lt;/b&gt;.</p>')
    """
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    # _inline escapes what people wrote before any mark becomes HTML
    html = "\n".join(_block(block) for block in blocks if block.strip())
    return Markup(html)


def links_in(text: str) -> list[str]:
    """The addresses a text links to.

    >>> links_in("[a](/a) and [b](https://b.example/)")
    ['/a', 'https://b.example/']
    """
    return [address for _, address in LINK.findall(text)]


def _block(block: str) -> str:
    lines = [line.strip() for line in block.strip().split("\n")]
    if lines[0].startswith("## ") and len(lines) == 1:
        return f"<h2>{_inline(lines[0][3:])}</h2>"
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    # escape first: the brackets of a link are no HTML and survive it
    return LINK.sub(_link, escape(text, quote=True))


def _link(match: re.Match[str]) -> str:
    words, address = match.groups()
    return f'<a href="{address}">{words}</a>' if ALLOWED.match(address) else match.group(0)
