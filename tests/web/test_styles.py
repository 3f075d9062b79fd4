"""The style sheets: no rule without a use, and one darkness however it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from govsocial.local.paths import ROOT
from tests.gathering import each

SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
# Set by htmx while it waits, and by Django around mistakes.
OF_LIBRARIES = {"htmx-request", "errorlist"}


def users() -> Iterator[Path]:
    yield from (ROOT / "templates").rglob("*.html")
    yield from (ROOT / "static" / "js").glob("*.js")
    for app in ("govsocial", "accounts", "content", "kpi"):
        yield from (ROOT / app).rglob("*.py")


@cache
def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in users())


@cache
def words() -> frozenset[str]:
    """What stands in the code on its own: a part of a longer name is no use of a class."""
    return frozenset(re.findall(r"[\w-]+", code()))


def rules(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)


def values(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+|color-scheme):\s*([^;]+);", block))


@each("sheet", SHEETS)
def test_every_class_is_used(sheet: Path) -> None:
    unused = []
    for css in set(re.findall(r"\.([a-z][\w-]*)", rules(sheet))) - OF_LIBRARIES:
        # A template or a tag may fill in the last part: "badge-{tone}".
        filled_in = f"{css.rpartition('-')[0]}-{{"
        if css not in words() and filled_in not in code():
            unused.append(css)
    assert unused == []


def test_dark_is_the_same_by_choice_and_by_the_system() -> None:
    tokens = rules(ROOT / "static" / "css" / "tokens.css")
    by_system = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', tokens, re.S)
    by_choice = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', tokens, re.S)
    assert by_system
    assert by_choice
    assert len(values(by_choice[1])) > 20
    assert values(by_system[1]) == values(by_choice[1])


@each("sheet", SHEETS)
def test_what_is_for_phones_is_not_for_paper(sheet: Path) -> None:
    """A4 within its margins is 688 px wide: narrower than many a phone's rule allows."""
    narrow = re.findall(r"@media ([^{]*max-width: (\d+)px\))", rules(sheet))
    assert [
        media for media, width in narrow if int(width) < 794 and "screen and" not in media
    ] == []
