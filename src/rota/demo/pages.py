"""What readers see."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from rota.demo.database import moment
from rota.demo.parts import Site
from rota.demo.store import Store
from rota.demo.times import local
from rota.demo.view import show
from rota.demo.walk import WALKER

__all__ = ("router",)


router = APIRouter(include_in_schema=False)


def _count(request: Request, site: Site, slug: str) -> None:
    if request.headers.get("user-agent") != WALKER:
        site.traffic.count(slug, local(moment()).date())


@router.get("/")
def home(request: Request, site: Store) -> HTMLResponse:
    """The newest stories, the guide, the river and what comes out next."""
    _count(request, site, "home")
    planned = next((page for page in site.content.drafts() if page.publish_at), None)
    return show(
        request,
        "home.html",
        planned=planned,
        renew_at=planned.publish_at if planned else None,
        stories=site.content.published("story"),
        guides=site.content.published("guide"),
        notes=site.content.published("note", 4),
        picture=next((upload for upload in site.uploads.kept() if upload.picture), None),
        river=site.bulletins.latest(),
    )


@router.get("/pages")
def every_page(request: Request, site: Store) -> HTMLResponse:
    """All pages by name."""
    pages = sorted(site.content.published(), key=lambda page: page.title.casefold())
    return show(request, "pages.html", pages=pages)


@router.get("/pages/{slug}")
def one_page(request: Request, site: Store, slug: str) -> HTMLResponse:
    """One page."""
    page = site.content.page(slug)
    if page is None:
        raise HTTPException(404, f"There is no page called “{slug[:80]}”, or not yet.")
    _count(request, site, slug)
    others = [other for other in site.content.published(page.section, 6) if other.id != page.id]
    return show(request, "page.html", page=page, others=others[:3])


@router.get("/pictures")
def pictures(request: Request, site: Store) -> HTMLResponse:
    """The uploaded pictures."""
    found = [upload for upload in site.uploads.kept() if upload.picture]
    return show(request, "pictures.html", pictures=found)


@router.get("/search")
def search(request: Request, site: Store, q: str = "") -> HTMLResponse:
    """What the index knows about some words."""
    asked = q.strip()[:200]
    return show(
        request, "search.html", asked=asked, found=site.index.find(asked), known=site.index.size()
    )


@router.get("/files/{identity}/{_name}")
def file(site: Store, identity: int) -> Response:
    """An uploaded file: pictures are shown, everything else is handed over to be saved."""
    upload = site.uploads.entry(identity)
    if upload is None or not site.uploads.path(upload).is_file():
        raise HTTPException(404, "There is no such file; it may have been deleted.")
    how = "inline" if upload.picture else "attachment"
    return FileResponse(
        site.uploads.path(upload),
        media_type=upload.kind,
        headers={
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(upload.name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.get("/sitemap.xml")
def sitemap(site: Store) -> Response:
    """The sitemap, as it was last built."""
    if not site.folder.sitemap.is_file():
        raise HTTPException(404, "The sitemap has not been built yet; it is rebuilt all the time.")
    return FileResponse(site.folder.sitemap, media_type="application/xml")


@router.get("/robots.txt")
def robots() -> Response:
    """Where robots find the sitemap, and what is not for them."""
    return Response(
        "User-agent: *\nDisallow: /desk\nDisallow: /rota\nSitemap: /sitemap.xml\n",
        media_type="text/plain",
    )
