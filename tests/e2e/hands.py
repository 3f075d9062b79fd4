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

# Where the focus is, seen from an element: on it, before it or after it.
PLACE = """element => {
    const focused = document.activeElement;
    if (element === focused) return "here";
    if (focused === document.body) return "ahead";
    const after = focused.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
    return after ? "ahead" : "behind";
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
            if radio.evaluate(PLACE) == "here":
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
        for _ in range(MOST_TABS):
            place = what.evaluate(PLACE)
            if place == "here" or (group and self._focused_name() == group):
                self._see_the_focus()
                return
            self._key("Tab" if place == "ahead" else "Shift+Tab")
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
