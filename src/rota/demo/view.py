"""Every HTML answer of the site: one place for templates, words for times, and headers."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from rota.demo.database import moment
from rota.demo.markup import to_html
from rota.demo.times import local, relative

__all__ = ("HERE", "show")

HERE = Path(__file__).parent
TEMPLATES = Jinja2Templates(directory=HERE / "templates")
TEMPLATES.env.filters.update(html=to_html, local=local)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def show(
    request: Request,
    template: str,
    *,
    status: int = 200,
    renew_at: int | None = None,
    **context: object,
) -> HTMLResponse:
    """The template as an answer; with `renew_at` the browser asks again just after that instant."""
    now = moment()
    context["now"] = now
    context["ago"] = lambda second: relative(second, now)
    context["here"] = request.url.path
    headers = dict(HEADERS)
    if renew_at is not None and renew_at - now <= 600:
        headers["Refresh"] = str(max(3, renew_at - now + 4))
    return TEMPLATES.TemplateResponse(
        request, template, context, status_code=status, headers=headers
    )
