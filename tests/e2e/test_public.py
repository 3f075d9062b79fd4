"""The public register in a browser: for everybody, without a cookie, without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.test_access import bring_axe, look

pytestmark = pytest.mark.browser

PAGES = [
    "/official/",
    "/official/?search=tidakada",
    "/official/check/",
    "/official/check/?q=@bpbd_samudra",
    "/official/check/?q=https://instagram.com/bpbd_samudr4",
    "/official/check/?q=https://instagram.com/dapurbunda",
    "/official/check/?q=https://bit.ly/x",
    "/official/check/?q=Dinas+Kesehatan",
    "/official/report/",
    "/official/nothing/",
]


def in_language(address: str, language: str) -> str:
    if language == "id":
        return address
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def account_pages(page: Page) -> list[str]:
    page.goto("/official/")
    link = page.locator("tbody th a").first.get_attribute("href") or ""
    return [link, f"{link}sheet/", f"{link}sheet/?size=a6"]


def test_axe_finds_nothing_on_the_public_pages(browser: Browser, demo: str) -> None:
    bad: dict[str, list[str]] = {}
    for language, width, scheme in (("id", 1280, "light"), ("en", 360, "dark")):
        window = browser.new_context(
            base_url=demo,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]  # one of the two
        )
        page = bring_axe(window.new_page())
        for address in [*PAGES, *account_pages(page)]:
            if found := look(page, in_language(address, language)):
                bad[f"{address} {language} {width} {scheme}"] = found
        assert window.cookies() == []
        window.close()
    assert bad == {}


def test_a_citizen_without_scripts_checks_and_reports(browser: Browser, demo: str) -> None:
    window = browser.new_context(base_url=demo, java_script_enabled=False)
    page = window.new_page()
    page.goto("/official/?lang=en")
    page.fill("#ask", "https://www.tiktok.com/@bpbd_samudra")
    page.click("text=Check the account")
    assert "on TikTok it is not registered" in page.inner_text("main")
    page.click("main >> text=Report this account")
    assert page.input_value("#id_suspect") == "tiktok.com/@bpbd_samudra"
    # At the pace of a person: what is sent at once is asked for again.
    words = "Meminta sumbangan atas nama BPBD lewat pesan"
    page.locator("#id_happened").press_sequentially(words, delay=100)
    page.click("text=Send the report")
    assert "We have received your report" in page.inner_text("main")
    assert window.cookies() == []
    window.close()
