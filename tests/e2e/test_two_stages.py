"""An administrator asks for two stages; a sensitive post comes back once, passes both, goes out on
three accounts and is corrected there: by mouse on a wide screen, by keyboard alone on a narrow one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from tests.e2e.conftest import PASSWORD
from tests.e2e.hands import Hand, Keys, Mouse, words
from tests.e2e.test_main_line import poster, reload_until

pytestmark = pytest.mark.browser

PLATFORMS = ("Bluesky", "Facebook", "Mastodon")
# Of the title: who says the same twice is asked why.
FIRST = "{} pada hari Sabtu. Pakailah jalan memutar."
SECOND = "{} pada hari Sabtu pukul 08.00. Pakailah jalan memutar."
RIGHT = "Ralat: {} pada hari Minggu pukul 08.00, bukan Sabtu."
REMARK = "Mohon sebutkan pukul berapa."
ANSWERS = {
    "primary_class": "information",
    "function": "inform",
    "stage": "socialisation",
    "sensitivity": "sensitive",
}
DECLARED = {"secrecy": "ordinary", "excluded": "no", "personal": "none"}
DAYS: dict[type[Hand], str] = {Mouse: "9", Keys: "8"}
PUBLICATIONS = "a.item[href*='/content/publications/']"

People = Callable[[type[Hand], str], Hand]


@pytest.fixture
def people(browser: Browser, demo: str) -> Iterator[People]:
    """Return a function that signs a person of the demo in, by that person's own hand."""
    windows: list[BrowserContext] = []

    def come(kind: type[Hand], name: str) -> Hand:
        size = {"width": kind.width, "height": 800}
        window = browser.new_context(base_url=demo, locale="id-ID", viewport=size)  # type: ignore[arg-type]  # a size
        windows.append(window)
        hand = kind(window.new_page())
        hand.open("/auth/login/")
        hand.write(hand.page.locator("input[name=login]"), f"{name}@samudrakota.example")
        hand.write(hand.page.locator("input[name=password]"), PASSWORD)
        hand.press(hand.page.locator("form button[type=submit]").first)
        hand.page.wait_for_url(f"{demo}/")
        return hand

    yield come
    for window in windows:
        window.close()


def ask_for_two_people(administrator: Hand, days: str) -> None:
    """Of the sensitive posts of Diskominfo. The page shows what changes before it saves."""
    administrator.open("/content/policies/set/")
    units = administrator.page.locator("select[name=unit] option", has_text="Diskominfo")
    administrator.select(named(administrator, "unit"), units.first.get_attribute("value") or "")
    administrator.select(named(administrator, "sensitivity"), ANSWERS["sensitivity"])
    administrator.select(named(administrator, "first"), "review")
    administrator.write(named(administrator, "days"), days)
    administrator.write(named(administrator, "reason"), "Uji coba dua tahap")
    administrator.press(administrator.page.locator("main .form-actions button").last)
    expect(administrator.page.locator("#changes")).to_contain_text(days)
    administrator.look()
    administrator.press(named(administrator, "save"))
    administrator.page.wait_for_url(lambda url: "/set/" not in url)
    expect(administrator.page.locator("main")).to_contain_text(days)


def named(hand: Hand, name: str, value: str = "") -> Locator:
    chosen = f"[value='{value}']" if value else ""
    return hand.page.locator(f"main [name='{name}']{chosen}")


def write_with_a_picture(drafter: Hand, title: str, alt: str) -> None:
    drafter.open("/content/posts/new/")
    drafter.write(named(drafter, "title"), title)
    for platform in PLATFORMS:
        drafter.tick(drafter.page.get_by_role("checkbox", name=words("samudrakota", platform)))
    drafter.write(named(drafter, "text"), FIRST.format(title))
    colour = f"#{secrets.token_hex(3)}"  # a picture that the library has not seen
    file = FilePayload(name="poster.png", mimeType="image/png", buffer=poster(colour))
    drafter.attach(named(drafter, "file_0"), file)
    drafter.write(named(drafter, "alt_0"), alt)
    # It is stored and shown at once, and what is typed meanwhile stays.
    expect(drafter.page.locator("#slot-0 .picture-thumb")).to_be_visible()
    expect(drafter.page.locator("#preview img").first).to_be_visible()
    expect(named(drafter, "alt_0")).to_have_value(alt)


def classify(drafter: Hand) -> None:
    drafter.unfold("function")
    for name, value in ANSWERS.items():
        drafter.choose(named(drafter, name, value))
    drafter.tick(named(drafter, "audiences", "g2c"))


def declare(drafter: Hand) -> None:
    drafter.unfold("source")
    drafter.write(named(drafter, "source"), "Dinas Pekerjaan Umum")
    drafter.date(named(drafter, "data_date"), day="11", month="11", year="2025")
    for name, value in DECLARED.items():
        drafter.choose(named(drafter, name, value))
    confirm(drafter)


def confirm(drafter: Hand) -> None:
    drafter.unfold("confirm_ethics")
    drafter.tick(named(drafter, "confirm_ethics"))
    drafter.tick(named(drafter, "confirm_conduct"))


def record_the_rights(drafter: Hand) -> None:
    """The picture is new in the library: nobody said yet that the agency may show it."""
    drafter.press(drafter.page.locator(".notice a[href*='/content/media/']").first)
    drafter.press(drafter.page.locator("main header a[href$='/edit/']"))
    drafter.page.wait_for_url("**/edit/")
    drafter.look()
    drafter.select(named(drafter, "licence"), "own")
    drafter.choose(named(drafter, "people", "no"))
    drafter.press(drafter.page.locator("main .form-actions button").first)
    drafter.page.wait_for_url(lambda url: "edit" not in url)
    drafter.look()


def draft(drafter: Hand, title: str, alt: str) -> str:
    """Return the address of what was submitted."""
    write_with_a_picture(drafter, title, alt)
    classify(drafter)
    declare(drafter)
    drafter.look()
    drafter.press(named(drafter, "submit"))
    drafter.page.wait_for_url("**/edit/**")
    address = drafter.page.url.partition("edit/")[0]
    record_the_rights(drafter)
    drafter.open(address)
    drafter.press(drafter.page.locator("form[action$='/submit/'] button"))
    expect(drafter.page.locator("form[action$='/submit/']")).to_have_count(0)
    return address


def submit(drafter: Hand) -> None:
    drafter.press(named(drafter, "submit"))
    drafter.page.wait_for_url(lambda url: "edit" not in url)
    drafter.look()


def open_from_the_queue(decider: Hand, title: str) -> None:
    decider.open("/content/reviews/")
    decider.press(decider.page.locator("main a.item", has_text=title))
    expect(decider.page.locator("h1")).to_have_text(title)
    decider.look()


def see_the_difference(page: Page, title: str) -> None:
    changes = page.locator("#changes .sides")
    expect(changes).to_contain_text(FIRST.format(title))
    expect(changes.locator("ins")).to_contain_text("pukul 08.00")


def approve(decider: Hand) -> None:
    decider.tick(decider.page.locator("#id_confirmed"))
    decide(decider, "approve")


def decide(decider: Hand, how: str) -> None:
    decider.press(decider.page.locator(f"button[formaction*='/{how}/']"))
    expect(decider.page.locator("#decide")).to_have_count(0)


def see_it_on_the_platforms(drafter: Hand, address: str, text: str, alt: str) -> None:
    """With the picture and its alternative text, on each of the three."""
    drafter.open(address)
    reload_until(
        drafter.page, f"main:not(:has({PUBLICATIONS} .badge-note)):has({PUBLICATIONS})", within=60
    )
    for number, _ in enumerate(PLATFORMS):
        drafter.press(drafter.page.locator(PUBLICATIONS).nth(number))
        drafter.press(drafter.page.locator("main header a[rel~=noopener]"))
        expect(drafter.page.locator("body")).to_contain_text(text)
        expect(drafter.page.locator(f"img[alt='{alt}']")).to_be_visible()
        drafter.open(address)


@pytest.mark.parametrize("kind", [Mouse, Keys])
def test_a_post_comes_back_passes_two_people_goes_live_and_is_corrected(
    people: People, kind: type[Hand]
) -> None:
    mark = secrets.token_hex(3)
    title, alt = f"Jembatan Muara {mark} ditutup", f"Peta jalan memutar {mark}"
    ask_for_two_people(people(kind, "bayu"), DAYS[kind])
    drafter, reviewer = people(kind, "dwi"), people(kind, "made")
    address = draft(drafter, title, alt)

    open_from_the_queue(reviewer, title)
    reviewer.write(named(reviewer, "note"), REMARK)
    decide(reviewer, "request-changes")

    drafter.open(address)
    expect(drafter.page.locator("main")).to_contain_text(REMARK)
    drafter.press(drafter.page.locator("main .notice a[href$='/edit/']"))
    drafter.write(named(drafter, "text"), SECOND.format(title))
    confirm(drafter)
    submit(drafter)

    open_from_the_queue(reviewer, title)
    see_the_difference(reviewer.page, title)
    approve(reviewer)
    drafter.open(address)
    expect(drafter.page.locator(PUBLICATIONS)).to_have_count(0)
    approver = people(kind, "sari")
    open_from_the_queue(approver, title)
    approve(approver)

    see_it_on_the_platforms(drafter, address, SECOND.format(title), alt)
    expect(drafter.page.locator("main header a[href$='/edit/']")).to_have_count(0)
    drafter.press(drafter.page.locator("button[name=relation][value=correction]"))
    expect(drafter.page.locator(".notice-title").first).to_contain_text(title)
    drafter.write(named(drafter, "text"), RIGHT.format(title))
    # What was confirmed of the wrong words does not count for these.
    confirm(drafter)
    submit(drafter)
    corrected = drafter.page.url
    assert corrected != address
    for decider in (reviewer, approver):
        open_from_the_queue(decider, f"Koreksi: {title}")
        approve(decider)
    see_it_on_the_platforms(drafter, corrected, RIGHT.format(title), alt)
    drafter.press(drafter.page.locator("main a.item", has_text=title))
    drafter.page.wait_for_url(address)
    expect(drafter.page.locator("main")).to_contain_text("Dikoreksi")
