"""Two ways to use a page: with a mouse, and with nothing but a keyboard."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import pytest
from playwright.sync_api import FilePayload, Locator, Page, TimeoutError, expect

MOST_TABS = 150
MOST_CHOICES = 20

# How often Tab is to be pressed to come from the focus to an element, by the order of the page;
# below zero: back, by Shift and Tab. Fields with several stops, such as a date, count as one: who
# has pressed looks again.
STOPS = """element => {
    const focused = document.activeElement, nowhere = focused === document.body;
    if (element === focused) return 0;
    const follows = (one, other) =>
        one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    const ahead = nowhere || follows(focused, element);
    const [first, last] = ahead ? [focused, element] : [element, focused];
    const groups = new Set([focused.name, element.name].filter(Boolean));
    const stops = [...document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex]"
    )].filter(one => one.tabIndex >= 0 && !one.disabled
        && one.checkVisibility({ visibilityProperty: true })
        && (nowhere || follows(first, one)) && follows(one, last)
        && (one.type !== "radio" || (!groups.has(one.name) && groups.add(one.name))));
    return (stops.length + 1) * (ahead ? 1 : -1);
}"""
# WCAG 2.2, 2.4.11: what has the focus is not wholly under something else, such as a bar that stays.
SEEN = """() => {
    const element = document.activeElement;
    const label = element.labels?.[0] ?? element;
    return [element, label].some(each => [...each.getClientRects()].some(box =>
        [0.1, 0.5, 0.9].some(x => [0.1, 0.5, 0.9].some(y => {
            const top = document.elementFromPoint(
                box.left + box.width * x, box.top + box.height * y);
            return top && each.contains(top);
        }))));
}"""
FOCUSED = """[document.activeElement.outerHTML.slice(0, 200), scrollY, innerHeight,
    JSON.stringify(document.activeElement.getBoundingClientRect())].join(" ")"""
ARRIVED = "() => document.body && document.readyState !== 'loading'"
TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth"


@dataclass(frozen=True, slots=True)
class Hand(ABC):
    """One person's way to use the page in front of them."""

    page: Page
    width: ClassVar[int]

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def look(self) -> None:
        """Nothing on the page may need a scroll to the side."""
        self.page.wait_for_function(ARRIVED)
        assert not self.page.evaluate(TOO_WIDE), f"{self.page.url} scrolls sideways"

    def unfold(self, name: str) -> None:
        """Open the group that holds the field of that name, if it is folded."""
        group = self.page.locator(f"details.form-group:has([name='{name}'])")
        if group.get_attribute("open") is None:
            self.press(group.locator("summary").first)

    @abstractmethod
    def press(self, what: Locator) -> None:
        """A link, a button, or the line that unfolds something."""

    @abstractmethod
    def write(self, field: Locator, text: str) -> None:
        """Instead of what stands there."""

    @abstractmethod
    def date(self, field: Locator, day: str, month: str, year: str) -> None: ...

    @abstractmethod
    def tick(self, box: Locator) -> None: ...

    @abstractmethod
    def choose(self, radio: Locator) -> None: ...

    @abstractmethod
    def select(self, field: Locator, value: str) -> None: ...

    @abstractmethod
    def attach(self, field: Locator, file: FilePayload) -> None: ...


class Mouse(Hand):
    """On a desk."""

    width = 1280

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        field.fill(text)

    def date(self, field: Locator, day: str, month: str, year: str) -> None:
        field.fill(f"{year}-{month}-{day}")

    def tick(self, box: Locator) -> None:
        box.check()

    def choose(self, radio: Locator) -> None:
        radio.check()

    def select(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def attach(self, field: Locator, file: FilePayload) -> None:
        field.set_input_files(file)


class Keys(Hand):
    """On a narrow screen, by Tab, Enter, Space, the arrows and letters; nothing is pointed at."""

    width = 360

    def press(self, what: Locator) -> None:
        self._reach(what)
        self._key("Enter")

    def write(self, field: Locator, text: str) -> None:
        self._reach(field)
        self._key("ControlOrMeta+a")
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def date(self, field: Locator, day: str, month: str, year: str) -> None:
        """The day and the month must be alike: which comes first is the browser's choice."""
        assert day == month
        self._reach(field)
        self.page.keyboard.type(day + month + year)
        expect(field).to_have_value(f"{year}-{month}-{day}")

    def tick(self, box: Locator) -> None:
        self._reach(box)
        if not box.is_checked():
            self._key("Space")
        expect(box).to_be_checked()

    def choose(self, radio: Locator) -> None:
        """Tab reaches a group of radio buttons, the arrows go from one of them to the next."""
        if radio.is_checked():
            return
        self._reach(radio, or_one_of_its_group=True)
        for _ in range(MOST_CHOICES):
            if radio.evaluate(STOPS) == 0:
                break
            self._key("ArrowDown")
        if not radio.is_checked():
            self._key("Space")
        expect(radio).to_be_checked()

    def select(self, field: Locator, value: str) -> None:
        self._reach(field)
        for _ in range(MOST_CHOICES):
            if field.input_value() == value:
                return
            self._key("ArrowDown")
        pytest.fail(f"The arrows never came to {value}")

    def attach(self, field: Locator, file: FilePayload) -> None:
        # The browser hands its dialog over only once it knows that somebody listens, which takes it
        # a moment: long before the key is pressed.
        self.page.on("filechooser", lambda _dialog: None)
        self._reach(field)
        with self.page.expect_file_chooser() as opened:
            self._key("Enter")
        opened.value.set_files(file)

    def _key(self, name: str) -> None:
        self.page.keyboard.press(name)

    def _reach(self, what: Locator, *, or_one_of_its_group: bool = False) -> None:
        """Go there by Tab, or back by Shift and Tab, and see that it can be seen."""
        what.wait_for(state="attached")
        group = what.get_attribute("name") if or_one_of_its_group else None
        pressed, first = 0, 0
        while pressed < MOST_TABS:
            stops = what.evaluate(STOPS)
            if stops == 0 or (group and self._focused_name() == group):
                self._see_the_focus()
                return
            first = first or stops
            # Who has come too far goes back step by step.
            for _ in range(abs(stops) if stops * first > 0 else 1):
                self._key("Tab" if stops > 0 else "Shift+Tab")
                pressed += 1
        pytest.fail(f"{self.page.url}: no key leads to {what}; {self.page.evaluate(FOCUSED)}")

    def _see_the_focus(self) -> None:
        """A preview that comes in between may move the page once more."""
        try:
            self.page.wait_for_function(SEEN, timeout=2000)
        except TimeoutError:
            pytest.fail(f"{self.page.url}: out of sight: {self.page.evaluate(FOCUSED)}")

    def _focused_name(self) -> str | None:
        name: str | None = self.page.evaluate("document.activeElement.name ?? null")
        return name


def words(*parts: str) -> re.Pattern[str]:
    """A name that holds these in this order."""
    return re.compile(".*".join(map(re.escape, parts)))
