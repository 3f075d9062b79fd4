"""Cases that are gathered in one test are all tried, and none that fails is passed over."""

from __future__ import annotations

import inspect
import logging

import pytest

from tests.gathering import each


def test_every_case_is_tried_and_each_that_fails_is_told() -> None:
    tried = []

    @each("number", [1, 2, 3, 4])
    def sentence(number: int, limit: int) -> None:
        tried.append(number)
        assert number < limit
        with pytest.raises(ZeroDivisionError):
            _ = 1 / (number - 1)

    assert list(inspect.signature(sentence).parameters) == ["limit"]
    with pytest.raises(BaseExceptionGroup, match="3 of 4 cases") as caught:
        sentence(limit=3)
    assert tried == [1, 2, 3, 4]
    notes = [one.__notes__[-1] for one in caught.value.exceptions]
    assert notes == ["where {'number': 2}", "where {'number': 3}", "where {'number': 4}"]


def test_several_values_and_several_lists_are_taken_together() -> None:
    tried = []

    @each("first", "ab")
    @each(("second", "third"), [(1, 2), (3, 4)])
    def sentence(first: str, second: int, third: int) -> None:
        tried.append((first, second, third))

    sentence()
    assert tried == [("a", 1, 2), ("a", 3, 4), ("b", 1, 2), ("b", 3, 4)]


def test_a_case_with_a_value_too_few_fails_and_so_does_none_at_all() -> None:
    @each("first, second", [(1,)])
    def sentence(first: int, second: int) -> None: ...

    with pytest.raises(ValueError, match="shorter"):
        sentence()
    with pytest.raises(AssertionError):
        each("first", [])


def test_no_case_skips_the_others() -> None:
    @each("number", [1, 2])
    def sentence(number: int) -> None:
        if number == 2:
            pytest.skip()

    with pytest.raises(AssertionError, match="skip the others"):
        sentence()
    with pytest.raises(AssertionError, match="not read"):
        each("first, second", [pytest.param(1, 2)])


def test_the_keys_of_a_mapping_are_told_in_place_of_its_values() -> None:
    @each("number", {"none": 0, "one": 1})
    def sentence(number: int) -> None:
        assert number

    with pytest.raises(BaseExceptionGroup, match="1 of 2 cases") as caught:
        sentence()
    assert caught.value.exceptions[0].__notes__ == ["where 'none'"]


def test_a_function_makes_the_cases_of_the_fixtures_that_it_asks_for() -> None:
    tried = []

    @each("number", lambda limit: range(limit))
    def sentence(number: int) -> None:
        tried.append(number)

    assert list(inspect.signature(sentence).parameters) == ["limit"]
    sentence(limit=2)
    assert tried == [0, 1]
    with pytest.raises(AssertionError):
        sentence(limit=0)


class Forgetful:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def forget(self) -> None:
        self.heard = []


def test_no_case_finds_what_another_one_logged_patched_or_left(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, word = Forgetful(), Forgetful()
    left.heard.append("from before")
    found: list[object] = []

    @each("text", ["a", "b"])
    @each("status", [1, 2])
    def sentence(
        text: str,
        status: int,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
        left: Forgetful,
    ) -> None:
        logging.getLogger("tests").warning("%s%s", text, status)
        found.append((caplog.messages, list(left.heard), getattr(word, "patched", None)))
        left.heard.append(text)
        monkeypatch.setattr(word, "patched", text, raising=False)

    sentence(caplog=caplog, monkeypatch=monkeypatch, left=left)
    assert found == [([one], [], None) for one in ("a1", "a2", "b1", "b2")]
    assert not hasattr(word, "patched")
