"""One administrator alone takes no account from a person who is there and does nothing."""

from __future__ import annotations

import smtplib
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, tasks
from accounts.capabilities import Role
from accounts.checklists import Side
from accounts.errors import AccountError
from accounts.handover_page import HandoverPage
from accounts.models import Handover, User
from accounts.posting import HungUp
from accounts.selectors_handover import handovers_waiting_for
from accounts.snapshots import digest_of, picture_of
from tests import factories
from tests.accounts.care.conftest import settle, shown, sign_both
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Handovers of which a worker is to tell who hands over."""
    sent: list[int] = []
    monkeypatch.setattr(tasks.tell_signed_in_place, "delay", sent.append)
    return sent


@pytest.fixture
def alone(cast: Cast, handover: Handover) -> Handover:
    """Bayu started it, filled everything in and signed for Sari; Rina has signed."""
    settle(cast.bayu, handover)
    actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Tidak ada")
    actions.sign_handover(actor=cast.rina, handover_id=handover.pk)
    return Handover.objects.get(pk=handover.pk)


def test_who_signed_in_place_does_not_complete_and_another_administrator_does(
    cast: Cast, alone: Handover, client_as: ClientAs
) -> None:
    factories.reads_english(cast.bayu)
    client, page = client_as("bayu"), reverse("accounts:handover_detail", args=[alone.pk])
    complete = reverse("accounts:handover_complete", args=[alone.pk])
    answer = client.post(complete, shown(alone))
    assert answer.status_code == 409
    refusal = answer.content.decode()
    assert "You signed in the place of Sari Wulandari" in refusal
    assert "Nobody else administers accounts of" in refusal, "what to do where there is only one"
    assert complete not in client.get(page).content.decode()
    assert alone not in handovers_waiting_for(cast.bayu)
    factories.grant(cast.made, Role.ADMINISTRATOR, cast.diskominfo)
    assert "These can complete it: Made" in client.get(page).content.decode()
    another = User.objects.get(pk=cast.made.pk)
    assert alone in handovers_waiting_for(another)
    offered = client_as(factories.reads_english(another)).get(page).content.decode()
    assert complete in offered
    assert "who can sign in. Ask Sari Wulandari before you complete it" in offered
    assert actions.complete_handover(actor=another, handover_id=alone.pk).ended_by == another


def test_the_table_takes_no_completion_by_who_signed_in_place(cast: Cast, alone: Handover) -> None:
    picture = picture_of(alone.official_account)
    over = {"state": "completed", "ended_at": timezone.now(), "snapshot": picture}
    row = Handover.objects.filter(pk=alone.pk)
    with pytest.raises(DatabaseError, match="does not complete it"), transaction.atomic():
        row.update(**over, ended_by=cast.bayu, snapshot_sha256=digest_of(picture))


def test_who_signed_in_place_can_still_cancel(cast: Cast, alone: Handover) -> None:
    ended = actions.cancel_handover(actor=cast.bayu, handover_id=alone.pk, reason="Sari ada")
    assert ended.state == "cancelled"


def test_who_hands_over_is_told_at_once_by_letter_and_on_the_pages(
    cast: Cast, handover: Handover, told: list[int], client_as: ClientAs,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    factories.reads_english(cast.sari)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # a context
        with pytest.raises(AccountError, match="Settle the checklist"):
            actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Tidak ada")
        settle(cast.bayu, handover, Side.OUTGOING)
        actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Tidak ada")
    assert told == [handover.pk]
    tasks.tell_signed_in_place(handover.pk)
    (letter,) = mail.outbox
    page = reverse("accounts:handover_detail", args=[handover.pk])
    assert letter.to == [cast.sari.email]
    for words in ("Bayu Pratama signed on", "Reason given: Tidak ada", page):
        assert words in letter.body
    client = client_as("sari")
    for url in (page, reverse("home")):
        assert "Bayu Pratama signed in your place" in client.get(url).content.decode()
    # Whoever is gone gets no letter.
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    tasks.tell_signed_in_place(handover.pk)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("fault", "least", "most"),
    [
        (smtplib.SMTPServerDisconnected("while it took the letter"), 1, 1),
        (HungUp("before it asked for the letter"), 20, 50),
        (smtplib.SMTPRecipientsRefused({}), 20, 50),
    ],
)
def test_that_letter_is_tried_again_for_long_where_it_surely_has_not_left_and_else_not(
    cast: Cast, handover: Handover, monkeypatch: pytest.MonkeyPatch, fault: Exception, least: int,
    most: int,
) -> None:  # fmt: skip
    tried: list[int] = []

    def broken(*_letter: object, **_options: object) -> None:
        tried.append(1)
        raise fault

    settle(cast.bayu, handover, Side.OUTGOING)
    actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Tidak ada")
    monkeypatch.setattr("accounts.mail.send_mail", broken)
    tasks.tell_signed_in_place.apply(args=(handover.pk,))
    assert least <= len(tried) <= most


def test_the_minutes_say_what_somebody_filled_in_for_another(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    factories.reads_english(cast.bayu)
    settle(cast.bayu, handover, Side.OUTGOING)
    settle(cast.rina, handover, Side.INCOMING)
    client = client_as("bayu")
    for name in ("handover_minutes", "handover_detail"):
        page = client.get(reverse(f"accounts:{name}", args=[handover.pk])).content.decode()
        assert page.count("filled in for Sari Wulandari") == 5
        assert "filled in for Rina" not in page


def test_a_handover_that_both_signed_is_completed_by_who_started_it(
    cast: Cast, handover: Handover
) -> None:
    sign_both(cast, handover)
    assert HandoverPage(Handover.objects.get(pk=handover.pk), cast.bayu).may_complete
