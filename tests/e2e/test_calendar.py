"""Posts are moved in the calendar with a mouse, and as well without one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_access import switch_to

pytestmark = pytest.mark.browser

SignIn = Callable[[str], Page]
TITLE = "Naskah yang dipindahkan"


@pytest.fixture
def page_of_dwi(sign_in: SignIn) -> Page:
    """In Indonesian, whatever this person read in another test."""
    page = sign_in("dwi")
    switch_to(page, "id")
    return page


def eighth(weeks: int = 0) -> date:
    """A day of a month to come, whose weeks the page of that month shows."""
    month = (date.today().replace(day=1) + timedelta(days=70)).replace(day=8)  # noqa: DTZ011  # any
    return month + timedelta(weeks=weeks)


def on(page: Page, day: date) -> Locator:
    return page.locator(f"[data-day='{day}'] .cal-entry", has_text=TITLE)


def calendar_with_a_draft(page: Page) -> None:
    page.goto("/content/posts/new/")
    page.fill("input[name=title]", TITLE)
    time = page.locator("input[name=planned_at]")
    # The composer folds what most posts leave open.
    page.locator("details", has=time).locator("summary").first.click()
    time.fill(f"{eighth()}T08:30")
    page.locator("main form button[type=submit]:not([name])").first.click()
    expect(page.locator("h1")).to_have_text(TITLE)
    page.goto(f"/content/calendar/{eighth():%Y-%m}/")


def test_a_draft_is_moved_without_loading_the_page_and_back(page_of_dwi: Page) -> None:
    page = page_of_dwi
    page.set_viewport_size({"width": 1280, "height": 1600})
    calendar_with_a_draft(page)
    # What loads the page anew forgets this.
    page.evaluate("window.stays = true")
    there = on(page, eighth(1)).count()

    on(page, eighth()).first.drag_to(page.locator(f"[data-day='{eighth(1)}']"))
    expect(on(page, eighth(1))).to_have_count(there + 1)
    told = page.locator("#calendar-moved")
    expect(told).to_contain_text("sekarang direncanakan")
    told.get_by_role("button", name="Kembalikan").click()
    expect(on(page, eighth(1))).to_have_count(there)

    moved = on(page, eighth(2)).count()
    on(page, eighth()).first.locator(".cal-move").focus()
    page.keyboard.press("Enter")
    field = page.locator("#calendar-dialog input[name=planned_at]")
    expect(field).to_be_focused()
    expect(field).to_have_value(f"{eighth()}T08:30")
    field.fill(f"{eighth(2)}T09:15")
    page.keyboard.press("Enter")
    expect(on(page, eighth(2))).to_have_count(moved + 1)
    expect(told).to_be_focused()
    assert page.evaluate("window.stays") is True


def test_what_a_move_would_void_is_asked_first(page_of_dwi: Page) -> None:
    page = page_of_dwi
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto("/content/calendar/agenda/?status=scheduled")
    link = page.locator("a.cal-move").first
    expect(link).to_be_visible()
    link.click()
    dialog = page.locator("#calendar-dialog")
    expect(dialog).to_contain_text("persetujuan tidak berlaku lagi")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_a_phone_moves_by_the_form(page_of_dwi: Page) -> None:
    page = page_of_dwi
    page.set_viewport_size({"width": 360, "height": 780})
    calendar_with_a_draft(page)
    on(page, eighth()).first.locator(".cal-move").click()
    page.locator("#calendar-dialog input[name=planned_at]").fill(f"{eighth(1)}T10:00")
    page.locator("#calendar-dialog button[type=submit]").click()
    expect(page.locator("#calendar-moved")).to_contain_text("10.00")
