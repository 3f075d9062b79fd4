from __future__ import annotations

import pytest
from django.utils import translation

from accounts.models import SpendingCap
from govsocial.audit import checks, events
from govsocial.audit.events import event
from govsocial.audit.models import Entry
from govsocial.audit.sentences import sentence
from tests.gathering import each


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_registry", dict(events._registry))


@pytest.mark.parametrize(
    "name", ["post", "content.post", "Content.post.made", "a.b.c.d", "a..c", "a.b.c\n", "a.b-c.d"]
)
def test_a_name_says_group_thing_and_what_happened(name: str) -> None:
    with pytest.raises(ValueError, match="name like"):
        event(name)


def test_an_event_is_declared_once() -> None:
    event("test.thing.happened")
    with pytest.raises(ValueError, match="twice"):
        event("test.thing.happened")


@each(
    "key",
    [
        "new_password",
        "access_token",
        "client_secret",
        "body",
        "api_key",
        "totp",
        "actor",
        "unit_id",
        "Reason",
        "a-b",
    ],
)
def test_keys_that_must_not_be_kept_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="cannot have a key"):
        event("test.thing.happened", key)
    assert events.find("test.thing.happened") is None


def test_every_declared_sentence_can_be_written_in_every_language() -> None:
    assert len(events.declared()) > 5
    assert checks.check_sentences() == []


@pytest.mark.parametrize(
    "sentence", ["%(actor)s did %(something)s", "%(actor)s did 100%", "%s did it", "%(actor)d"]
)
def test_a_sentence_that_cannot_be_written_is_found_by_the_checks(sentence: str) -> None:
    event("test.thing.happened", "reason", sentence=sentence)
    found = checks.check_sentences()
    assert {problem.id for problem in found} == {"audit.E001"}
    assert len(found) == 2  # one per language


def test_a_sentence_may_use_the_keys_of_its_event_and_a_percent_sign() -> None:
    event("test.thing.happened", "reason", sentence="%(actor)s: %(target)s, %(reason)s 100%%")
    assert checks.check_sentences() == []


def test_words_for_values_need_the_lists_that_they_are_about() -> None:
    with pytest.raises(ValueError, match="not all keys"):
        event("letters.letter.rewritten", "changed", kept_words=lambda name, kept: kept)


@pytest.mark.parametrize(
    ("language", "kept", "told"),
    [
        ("id", "50000.00", " X sebesar 50.000,00 dolar AS."),
        ("en", "50000.00", " X to 50,000.00 US dollars."),
        ("en", "12.5", " X to 12.50 US dollars."),
        ("en", "much", " X to much US dollars."),
    ],
)
def test_an_amount_is_told_as_its_reader_writes_it(language: str, kept: str, told: str) -> None:
    entry = Entry(
        event="accounts.spending.capped", actor_name="Bayu", target_type="accounts.spendingcap",
        target_label=str(SpendingCap(platform="x")),
        data={"cap": kept, "cap_before": "", "kept": "0.00"},
    )  # fmt: skip
    with translation.override(language):
        assert sentence(entry).endswith(told)
        words = dict(entry.data_in_words)
    assert f" {words['cap']} " in told, "so does the page of the entry"
    assert words["kept"] == ("0,00" if language == "id" else "0.00")
    with pytest.raises(ValueError, match="no key"):
        event("test.cap.set", "cap", amounts=["kept"])
