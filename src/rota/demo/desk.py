"""The editors' desk: drafts, the recycle bin, uploads, backups and weekly reports."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from rota.demo.content import Page
from rota.demo.database import moment
from rota.demo.plan import PlanError, planned
from rota.demo.store import OwnForm, Store
from rota.demo.uploads import LARGEST
from rota.demo.view import show

__all__ = ("router",)

router = APIRouter(prefix="/desk", include_in_schema=False)

Text = Annotated[str, Form()]


def _to(place: str) -> Response:
    return RedirectResponse(place, 303)


@router.get("")
def drafts(request: Request, site: Store) -> HTMLResponse:
    """What is being written, and when it comes out."""
    found = site.content.drafts()
    return show(
        request, "drafts.html", drafts=found, renew_at=found[0].publish_at if found else None
    )


@router.get("/new")
def new(request: Request) -> HTMLResponse:
    """An empty form."""
    return show(request, "edit.html", page=None, typed={"when": "30"})


@router.post("/new", dependencies=[OwnForm])
def write(
    request: Request,
    site: Store,
    title: Text = "",
    summary: Text = "",
    body: Text = "",
    when: Text = "never",
    at: Text = "",
) -> Response:
    """Keep a new draft, or show the form again with what is wrong."""
    typed = {"title": title, "summary": summary, "body": body, "when": when, "at": at}
    try:
        publish_at = planned(title, when, at, moment())
    except PlanError as wrong:
        return show(request, "edit.html", status=422, page=None, typed=typed, wrong=str(wrong))
    site.content.write(
        title.strip(), body, moment(), summary=summary.strip(), publish_at=publish_at
    )
    return _to("/desk")


@router.get("/pages/{identity}")
def edit(request: Request, site: Store, identity: int) -> HTMLResponse:
    """A page in the form."""
    page = _entry(site, identity)
    typed = {
        "title": page.title,
        "summary": page.summary,
        "body": page.body,
        "when": "keep" if page.publish_at else "never",
    }
    return show(request, "edit.html", page=page, typed=typed)


@router.post("/pages/{identity}", dependencies=[OwnForm])
def save(
    request: Request,
    site: Store,
    identity: int,
    title: Text = "",
    summary: Text = "",
    body: Text = "",
    when: Text = "never",
    at: Text = "",
) -> Response:
    """Save a page, or show the form again with what is wrong."""
    page = _entry(site, identity)
    typed = {"title": title, "summary": summary, "body": body, "when": when, "at": at}
    try:
        publish_at = page.publish_at if when == "keep" else planned(title, when, at, moment())
    except PlanError as wrong:
        return show(request, "edit.html", status=422, page=page, typed=typed, wrong=str(wrong))
    site.content.change(
        identity,
        title.strip() or page.title,
        summary.strip(),
        body,
        moment(),
        publish_at if page.state == "draft" else None,
    )
    return _to("/desk" if page.state == "draft" else page.address)


@router.post("/pages/{identity}/bin", dependencies=[OwnForm])
def to_bin(site: Store, identity: int) -> Response:
    """Move a page to the recycle bin."""
    site.content.bin(identity, moment())
    return _to("/desk/bin")


@router.get("/bin")
def recycle_bin(request: Request, site: Store) -> HTMLResponse:
    """What will be deleted for good before long."""
    return show(request, "bin.html", pages=site.content.binned(), uploads=site.uploads.binned())


@router.post("/bin/{kind}/{identity}/restore", dependencies=[OwnForm])
def restore(site: Store, kind: str, identity: int) -> Response:
    """Take a page or an upload out of the bin."""
    if kind == "page":
        site.content.restore(identity)
        return _to("/desk")
    site.uploads.restore(identity)
    return _to("/desk/uploads")


@router.get("/uploads")
def uploads(request: Request, site: Store) -> HTMLResponse:
    """The files, and a form for one more."""
    return show(request, "uploads.html", uploads=site.uploads.kept())


@router.post("/uploads", dependencies=[OwnForm])
async def upload(request: Request, site: Store, file: UploadFile | None = None) -> Response:
    """Keep an uploaded file."""
    data = await file.read(LARGEST + 1) if file else b""
    if file is None or not data or len(data) > LARGEST:
        wrong = (
            "Choose a file first."
            if not data
            else (
                f"“{(file and file.filename) or 'The file'}” is larger than "
                f"{LARGEST // 1_000_000} MB; make it smaller."
            )
        )
        return show(request, "uploads.html", status=422, uploads=site.uploads.kept(), wrong=wrong)
    await run_in_threadpool(site.uploads.add, file.filename or "file", data, moment())
    return _to("/desk/uploads")


@router.post("/uploads/{identity}/bin", dependencies=[OwnForm])
def upload_to_bin(site: Store, identity: int) -> Response:
    """Move an upload to the recycle bin."""
    site.uploads.bin(identity, moment())
    return _to("/desk/bin")


@router.get("/backups")
def backups(request: Request, site: Store) -> HTMLResponse:
    """The verified copies."""
    rows = site.connection.execute("SELECT * FROM backups ORDER BY made_at DESC").fetchall()
    return show(request, "backups.html", backups=rows)


@router.get("/reports")
def reports(request: Request, site: Store) -> HTMLResponse:
    """The weekly reports, the newest first."""
    rows = site.connection.execute("SELECT * FROM reports ORDER BY monday DESC LIMIT 8")
    # the charts are ours, made by chart.py: the one HTML from the database that is not escaped
    found = [{**row, "chart": Markup(row["chart"]), "top": json.loads(row["top"])} for row in rows]
    return show(request, "reports.html", reports=found)


def _entry(site: Store, identity: int) -> Page:
    page = site.content.entry(identity)
    if page is None:
        raise HTTPException(404, "There is no such page; it may have been deleted for good.")
    return page
