"""A picture is stored as soon as it is chosen, whatever becomes of the way there."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect

pytestmark = pytest.mark.browser

SignIn = Callable[[str], Page]
FIELD = "input[name=file_0]"
SHOWN = "#slot-0 .picture-thumb"


def picture(width: int) -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (width, 40), "teal").save(out, "PNG")
    return FilePayload(name="poster.png", mimeType="image/png", buffer=out.getvalue())


def test_what_did_not_arrive_is_said_beside_its_field_and_the_last_choice_counts(
    sign_in: SignIn,
) -> None:
    page = sign_in("dwi")
    page.goto("/content/posts/new/")
    address, waiting = "**/content/media/place/0/", list[Route]()
    page.route(address, lambda route: route.abort())
    page.set_input_files(FIELD, picture(60))
    failed = page.locator("#slot-0 [data-upload-failed]")
    expect(failed).to_be_visible()
    page.unroute(address)

    # The first is still on its way when another is chosen.
    page.route(address, lambda route: waiting.append(route))  # playwright marks it
    with page.expect_request(address):
        failed.get_by_role("button").click()
    expect(failed).to_be_hidden()
    page.unroute(address)
    page.set_input_files(FIELD, picture(90))
    page.fill("textarea[name=alt_0]", "Poster hijau.")
    expect(page.locator(SHOWN)).to_be_visible()
    assert waiting
    assert page.locator(SHOWN).evaluate("async one => (await one.decode(), one.naturalWidth)") == 90
    expect(page.locator("textarea[name=alt_0]")).to_have_value("Poster hijau.")
    # A picture alone has no order.
    expect(page.locator("#slot-0 button[name=order]")).to_have_count(0)
