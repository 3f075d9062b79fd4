"""A button that is pressed twice sends one report: there is no script on the public form."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts import impersonation_selectors as selectors
from accounts.models import Document, ImpersonationReport, ImpersonationStatement
from accounts.public import form_guard, throttle
from tests.accounts.conftest import trail
from tests.accounts.public.test_reports import _stamp_of, send, upload
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("accounts")


@pytest.fixture
def stamp() -> str:
    """The stamp of a form that was opened a minute ago."""
    return _stamp_of(60)


def test_the_same_form_sent_twice_is_one_report_with_one_page(stamp: str, settings: Any) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    first, second = (send(stamp, evidence=[upload()]) for _n in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    statement = ImpersonationStatement.objects.get()
    assert statement.evidence.count() == 1
    assert len(trail("accounts.impersonation.reported")) == 1


def test_a_form_of_another_report_in_the_same_window_is_another_one(
    stamp: str, settings: Any
) -> None:
    """Who goes back in the browser finds the form as it was, and may write of another account."""
    settings.PUBLIC_REPORTS_PER_HOUR = 20
    changes: list[dict[str, Any]] = [
        {},
        {"suspect": "instagram.com/pemkot.penipu"},
        {"happened": "Sekarang meminta kode OTP."},
        {"imitated": ""},
        {"reporter_name": "Wati", "consent": "on"},
        {"evidence": [upload()]},
        {"evidence": [upload("lain.png")]},
    ]
    pages = [send(stamp, **one) for one in changes]
    assert {page.status_code for page in pages} == {302}
    assert len({page.headers["Location"] for page in pages}) == len(changes)
    assert ImpersonationStatement.objects.count() == len(changes)


def test_who_corrects_their_words_has_said_both_to_whoever_follows_the_report_up(
    stamp: str, settings: Any
) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 2
    for words in ("Meminta uang.", "Meminta uang lewat BRI 0123."):
        assert send(stamp, happened=words).status_code == 302
    statements = ImpersonationReport.objects.get().statements.order_by("pk")
    assert [one.happened for one in statements] == [
        "Meminta uang.", "Meminta uang lewat BRI 0123.",
    ]  # fmt: skip


def test_what_was_taken_in_leads_to_its_page_when_the_tries_are_used_up(
    stamp: str, settings: Any
) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    first = send(stamp, evidence=[upload(), upload("surat.png")])
    for _try in range(throttle.TRIES_PER_REPORT):
        last = send(stamp, evidence=[upload(), upload("surat.png")])
        assert last.headers["Location"] == first.headers["Location"]
    others = [
        send(stamp),
        send(stamp, evidence=[upload(), upload("lain.png")]),
        send(stamp, evidence=[upload(), upload("surat.png", b"lain")]),
        send(_stamp_of(60), evidence=[upload(), upload("surat.png")]),
    ]
    for other in others:
        assert other.status_code == 429
        assert "Nothing was sent" in other.content.decode()
    assert ImpersonationStatement.objects.count() == 1
    assert Document.objects.count() == 2


def test_what_was_taken_in_leads_to_its_page_after_its_day(settings: Any) -> None:
    day = form_guard.LONGEST_SECONDS
    with time_machine.travel(time.time() - day):
        stamp = _stamp_of(60)
        first = send(stamp, evidence=[upload()])
    again = send(stamp, evidence=[upload()])
    assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    other = send(stamp)
    assert other.status_code == 422
    assert "open for more than a day" in other.content.decode()
    assert ImpersonationStatement.objects.count() == 1


def test_two_people_who_write_the_same_sent_two_reports() -> None:
    pages = {send(_stamp_of(60)).headers["Location"] for _n in range(2)}
    assert len(pages) == 2
    assert ImpersonationReport.objects.get().statements.count() == 2


def test_a_form_that_was_refused_may_be_sent_again_as_it_is(stamp: str, settings: Any) -> None:
    settings.PUBLIC_REPORTS_PER_HOUR = 0
    assert send(stamp).status_code == 429
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    assert send(stamp).status_code == 302


def test_the_last_one_allowed_leads_to_its_page_however_often_it_is_sent(
    stamp: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for the second of two at once: the first was counted, and is there a moment later."""
    settings.PUBLIC_REPORTS_PER_HOUR = 1
    first = send(stamp)
    looks = iter([None])
    found = selectors.statement_of
    monkeypatch.setattr(selectors, "statement_of", lambda code: next(looks, found(code)))
    second = send(stamp)
    assert second.headers["Location"] == first.headers["Location"]
    assert send(_stamp_of(60)).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_several_of_one_form_at_the_same_moment_are_one_report(cast: Cast, stamp: str) -> None:
    pages: list[str] = []
    at_once = threading.Barrier(4)

    def one() -> None:
        at_once.wait()
        try:
            pages.append(send(stamp).headers["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pages) == 4
    assert len(set(pages)) == 1
    assert ImpersonationStatement.objects.count() == 1
    assert len(trail("accounts.impersonation.reported")) == 1
