"""Signing in and out in a real browser, without a mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from rota import Rota
from web.serving import serving

PASSWORD = "correct horse battery"


@pytest.fixture
def address() -> Iterator[str]:
    rota = Rota("memory://")
    rota.open()
    rota.accounts.add("ada", PASSWORD, "view")
    with serving(rota, accounts=True) as at:
        yield at
    rota.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.page(console=["status of 401"])
def test_in_and_out(
    open_page: Callable[..., Page], accessible: Callable[[Page], None], address: str, scheme: str
) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.goto(f"{address}/runs?state=failed")
    expect(page.get_by_role("heading")).to_contain_text("Sign in")
    accessible(page)
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    accessible(page)
    expect(page.get_by_label("Name")).to_have_value("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/runs?state=failed")
    page.get_by_role("button", name="Sign out ada").click()
    expect(page.get_by_role("heading")).to_contain_text("Sign in")
    page.goto(f"{address}/nodes")
    expect(page.get_by_role("heading")).to_contain_text("Sign in")
