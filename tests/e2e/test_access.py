"""Everybody can use every page: axe finds nothing, and on a phone nothing scrolls sideways and no
figure stands without its name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

# There is no such page, and that is said on a page too.
NOWHERE = ("/nothing-here/", "/official/nothing/")
PAGES = {
    "dwi": [
        "/",
        "/content/posts/",
        "/content/posts/new/",
        "/content/posts/3/edit/",
        "/content/calendar/",
        "/content/calendar/week/",
        "/content/calendar/agenda/",
        "/content/calendar/posts/3/move/",
        "/content/calendar/feed/",
        "/content/codebook/",
        "/content/media/1/",
        "/content/bank/1/",
        "/content/campaigns/1/",
        "/content/ideas/",
        "/content/plan-versus-done/",
    ],
    "sari": [
        "/",
        "/content/reviews/",
        "/content/retrospectives/",
        "/content/posts/3/",
        "/content/posts/3/versions/1/",
        "/content/posts/3/comments/",
        "/content/posts/3/comments/1/",
        "/content/notifications/",
        "/content/notifications/choose/",
        "/content/publications/",
        "/content/publications/3/",
        "/content/publications/3/cancel/",
        "/content/publications/16/by-hand/",
    ],
    "ratna": ["/kpi/", "/kpi/accounts/1/", "/kpi/accounts/1/collection/", "/design/"],
    "bayu": [
        "/official-accounts/",
        "/official-accounts/1/",
        "/official-accounts/register/",
        "/official-accounts/1/edit/",
        "/official-accounts/1/administrators/add/",
        "/official-accounts/1/connect/",
        "/official-accounts/1/suspend/",
        "/official-accounts/compliance/",
        "/official-accounts/import/",
        "/impersonations/",
        "/impersonations/1/",
        "/impersonations/1/statements/",
        "/impersonations/1/move/checking/",
        "/impersonations/1/assign/",
        "/impersonations/report/",
        "/content/known-contacts/",
        "/content/known-contacts/add/",
        "/content/election-windows/",
        "/content/election-windows/add/",
        "/settings/units/",
        "/settings/people/",
        "/settings/people/invite/",
        "/settings/roles/",
        "/settings/",
        "/content/policies/",
        "/content/policies/all/",
        "/content/policies/ask/?account=1&sensitivity=ordinary",
        "/content/policies/set/",
        "/content/slots/",
    ],
    "laila": ["/audit/", "/audit/1/", NOWHERE[0]],
}
STANDARDS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # All rules run all the same; what they passed is not described element by element.
    "resultTypes": ["violations"],
    # Only the rule for media asks for more than the page holds. Style sheets would be read anew for
    # an experimental rule, which none of the names above brings in.
    "preload": {"assets": ["media"], "timeout": 10_000},
}
# htmx asks for what a page fetches (charts, previews) before the load event, and marks its element
# until the answer is in its place.
COMPLETE = """() => document.readyState === "complete"
    && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-added, .htmx-settling")
    && [...document.images].every(image => image.complete || image.loading === "lazy")"""
COMPLETE_WITHIN = 30_000

# On a phone the head of a table that became cards is out of sight: its figures say what they are.
NAMELESS = """() => [...document.querySelectorAll(".table-cards td:not([data-label])")].filter(
    cell => cell.checkVisibility() && innerWidth < 720 && /^[\\d.,%\\s]+$/.test(cell.innerText)
).length"""

# All at once: each question to a page goes through four processes.
LOOK = f"""async options => {{
    const complete = {COMPLETE}, end = performance.now() + {COMPLETE_WITHIN};
    while (!complete()) {{
        if (performance.now() > end) throw new Error(`${{location.href}} never was complete`);
        await new Promise(requestAnimationFrame);
    }}
    return {{
        wide: document.documentElement.scrollWidth > window.innerWidth,
        nameless: ({NAMELESS})(),
        violations: (await axe.run(options)).violations,
    }};
}}"""


def bring_axe(page: Page) -> Page:
    """Wherever it goes from now on. Half a megabyte is handed over and compiled once, not at each
    address."""
    page.add_init_script(AXE_SCRIPT)
    return page


def look(page: Page, address: str) -> list[str]:
    """What is wrong there; axe was brought to the page."""
    answer = page.goto(address)
    assert answer is not None
    seen = page.evaluate(LOOK, STANDARDS)
    found = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in seen["violations"]]
    # A page that has gone elsewhere would be looked at in vain.
    if answer.status != (404 if address.startswith(NOWHERE) else 200):
        found.append(f"answers {answer.status}")
    if seen["wide"]:
        found.append("scrolls sideways")
    if seen["nameless"]:
        found.append(f"{seen['nameless']} figures without a name")
    return found


def switch_to(page: Page, language: str) -> None:
    page.goto("/")
    if page.locator("html").get_attribute("lang") != language:
        switch = page.locator("form[action='/preferences/language/'] button")
        # On a phone it is in the menu: press it where it is.
        switch.filter(has_text=language.upper()).first.evaluate("button => button.click()")
        page.wait_for_function(f"document.documentElement.lang === '{language}'")


@pytest.mark.parametrize("who", PAGES)
def test_axe_finds_nothing_on_any_page(sign_in: Callable[[str], Page], who: str) -> None:
    page = bring_axe(sign_in(who))
    bad: dict[str, list[str]] = {}
    for language, width, scheme in (("id", 1280, "light"), ("en", 360, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        switch_to(page, language)
        for address in PAGES[who]:
            if found := look(page, address):
                bad[f"{address} {language} {width} {scheme}"] = found
    assert bad == {}


def test_axe_finds_nothing_on_the_way_in(browser: Browser, demo: str) -> None:
    window = browser.new_context(base_url=demo)
    page = bring_axe(window.new_page())
    bad = {
        address: found
        for address in ("/auth/login/", "/auth/password/reset/", "/auth/signup/")
        if (found := look(page, address))
    }
    window.close()
    assert bad == {}


def test_escape_closes_the_menu_of_a_phone_and_goes_back_to_its_button(
    sign_in: Callable[[str], Page],
) -> None:
    page = sign_in("dwi")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/")
    page.locator("a[href='#menu']").click()
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches(\"a[href='#menu']\")")
    assert not page.locator("#menu").is_visible()
    # Any other time the key is left alone.
    page.locator("main a").first.focus()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_words_that_a_comment_quotes_are_marked_where_they_stand(
    sign_in: Callable[[str], Page],
) -> None:
    page = sign_in("sari")
    page.goto("/content/posts/3/")
    quoted = page.locator(".thread-quote").first.inner_text()
    marked = "[...CSS.highlights.get('quoted')].map(range => range.toString())"
    assert page.evaluate(marked) == [quoted]


def test_the_browser_complains_of_nothing_when_parts_of_a_page_are_swapped(
    sign_in: Callable[[str], Page],
) -> None:
    page = sign_in("dwi")
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    for address, field in (
        ("/content/posts/", "main input[name=search]"),
        ("/content/search/?q=rabies", "main input[name=q]"),
        ("/content/bank/", "main input[name=search]"),
    ):
        page.goto(address)
        # As a field has it that somebody made larger.
        page.locator(field).evaluate("field => { field.style.height = '60px'; }")
        page.fill(field, "vaksinasi")
        with page.expect_response(lambda answer: "vaksinasi" in answer.url):
            page.press(field, "Enter")
        expect(page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
        page.wait_for_timeout(50)  # htmx settles after 20 ms
    assert told == []
