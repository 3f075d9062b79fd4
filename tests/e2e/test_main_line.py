"""The main line, as people walk it, in a browser against the running demo."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TITLE = "Perubahan jam layanan akhir tahun"
TEXT = "Layanan kependudukan buka sampai pukul 14.00 pada 24 Desember. #LayananSamudra"


def poster(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "PNG")
    return out.getvalue()


def reload_until(page: Page, selector: str, within: float) -> None:
    """Look again as a person would, until the page shows it."""
    deadline = time.monotonic() + within
    while not page.locator(selector).count():
        if time.monotonic() > deadline:
            pytest.fail(f"{selector} never came:\n{page.locator('main').inner_text()[:2000]}")
        page.wait_for_timeout(2500)
        page.reload()


def say_by_what_right(drafter: Page) -> None:
    """The poster is new in the library: nobody said yet that the agency may show it."""
    drafter.locator(".notice a[href*='/content/media/']").first.click()
    drafter.locator("main a[href$='/edit/']").first.click()
    drafter.select_option("select[name=licence]", "own")
    drafter.check("input[name=people][value=no]")
    drafter.locator("main .form-actions button").first.click()
    expect(drafter.locator(".form-actions")).to_have_count(0)


def test_a_post_is_written_approved_published_and_measured(
    sign_in: Callable[[str], Page],
) -> None:
    drafter = sign_in("dwi")
    drafter.goto("/content/posts/new/")
    drafter.fill("input[name=title]", TITLE)
    drafter.get_by_label(re.compile(r"samudrakota.*Bluesky")).first.check()
    drafter.fill("textarea[name=text]", TEXT)
    drafter.set_input_files(
        "input[name=file_0]", {"name": "poster.png", "mimeType": "image/png", "buffer": poster()}
    )
    drafter.fill("textarea[name=alt_0]", "Poster hijau berisi jam layanan.")
    for part in drafter.locator("details.form-group > summary").all():
        part.click()
    drafter.check("input[name=primary_class][value=information]")
    drafter.check("input[name=function][value=inform]")
    drafter.check("input[name=stage][value=socialisation]")
    drafter.check("input[name=audiences][value=g2c]")
    drafter.fill("input[name=source]", "Dinas Kependudukan")
    drafter.fill("input[name=data_date]", "2026-11-01")
    drafter.check("input[name=secrecy][value=ordinary]")
    drafter.check("input[name=excluded][value=no]")
    drafter.check("input[name=personal][value=none]")
    drafter.check("input[name=confirm_ethics]")
    drafter.check("input[name=confirm_conduct]")
    drafter.click("button[name=submit]")
    drafter.wait_for_url(re.compile(r"/content/posts/[0-9]+/edit/"))
    address = drafter.url.partition("edit/")[0]
    # Whoever goes back finds what was typed, and is led to the post that it became.
    drafter.go_back()
    expect(drafter.locator("input[name=title]")).to_have_value(TITLE)
    expect(drafter.locator(f".answered-note a[href='{urlsplit(address).path}']")).to_be_visible()
    drafter.go_forward()
    say_by_what_right(drafter)
    drafter.goto(address)
    drafter.click("form[action$='/submit/'] button")
    expect(drafter.locator("h1")).to_have_text(TITLE)

    approver = sign_in("sari")
    approver.goto("/content/reviews/")
    approver.get_by_role("link", name=re.compile(TITLE)).click()
    expect(approver.locator(".post-text").first).to_contain_text("Layanan kependudukan")
    approver.locator("#id_confirmed").check()
    approver.locator("button[formaction*='/approve/']").click()
    expect(approver.locator(".toast-success")).to_be_visible()

    drafter.goto(address)
    drafter.locator("main a[href*='/content/publications/']").first.click()
    reload_until(drafter, "main header a[rel~=noopener]", within=60)
    platform = drafter.locator("main header a[rel~=noopener]").get_attribute("href")
    assert platform

    seen = sign_in("ratna")
    seen.goto(platform)
    expect(seen.locator("body")).to_contain_text("Layanan kependudukan")
    expect(seen.locator("img[alt='Poster hijau berisi jam layanan.']")).to_be_visible()

    seen.goto("/kpi/")
    account = seen.locator("tr", has_text="@samudrakota.latihan.test")
    account.get_by_role("link").first.click()
    reload_until(seen, "main tr:has-text('Layanan kependudukan buka')", within=120)
    row = seen.locator("main tr", has_text="Layanan kependudukan buka")
    expect(row.locator("td.num").first).to_have_text(re.compile(r"^\s*\d"))
