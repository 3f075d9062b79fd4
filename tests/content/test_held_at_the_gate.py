"""What a fresh look found at the gate: accounts renamed under a claim, money spent on what is on
its way, texts that nobody can read, versions that nobody knows, and locks out of order."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OfficialAccount
from content import actions, gate
from content.checklist import LISTS
from content.checklist_versions import CONDUCT_VERSIONS, ETHICS_VERSIONS
from content.errors import ContentError, GateRefused
from content.finding_rules.paid import is_labelled
from content.models import Attempt, Campaign, HandProof, Post, Publication, Review, Spending
from content.policies import asked_for
from govsocial.audit.models import Entry
from govsocial.web.hidden_signs import readable
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.plans import campaign, spend
from tests.content.stage import FakePlatform, Stage, document, make_stage
from tests.content.test_by_hand import REFUSED, back, claim, proof_row, prove
from tests.content.test_campaigns import place
from tests.content.test_freezes import freeze
from tests.content.test_time_and_races import at_once, expire

STATUS = Publication.Status
LABEL = "kerja sama berbayar"


def why() -> str:
    entry = Entry.objects.filter(event="content.gate.refused").latest("pk")
    return str(entry.data["why"])


# An account that is renamed while somebody posts for it


def rename(stage: Stage) -> None:
    OfficialAccount.objects.filter(pk=stage.account.pk).update(handle="baru.example")
    stage.account.refresh_from_db()


@pytest.fixture
def claimed(cast: Cast) -> Stage:
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage)
    return stage


def test_a_proof_under_another_name_than_was_approved_is_refused(claimed: Stage) -> None:
    before = claimed.account.handle
    rename(claimed)
    with pytest.raises(GateRefused, match="renamed after the approval") as refused:
        prove(claimed)
    assert (refused.value.field, why()) == ("permalink", "account_changed")
    assert before in str(refused.value)
    with pytest.raises(REFUSED), transaction.atomic():
        proof_row(claimed)
    assert not HandProof.objects.exists()
    assert back(claimed).status == STATUS.FAILED, "it never goes out for the new name"


def test_a_name_that_is_put_right_again_takes_the_proof(claimed: Stage) -> None:
    before = claimed.account.handle
    rename(claimed)
    OfficialAccount.objects.filter(pk=claimed.account.pk).update(handle=before)
    claimed.account.refresh_from_db()
    assert prove(claimed).status == STATUS.PUBLISHED
    assert Attempt.objects.get().outcome == Attempt.Outcome.PUBLISHED


def test_the_way_of_what_goes_out_in_neither_is_not_changed_and_it_is_said_why(cast: Cast) -> None:
    stages = [make_stage(cast).submit().approve() for _number in range(2)]
    publications = [one.post.publications.get().pk for one in stages]
    rename(stages[0])
    with pytest.raises(GateRefused, match="account was changed"):
        actions.choose_way(actor=cast.sari, publication_id=publications[0], by_hand=True)
    expire(stages[1])
    with pytest.raises(GateRefused, match="expired"):
        actions.choose_way(actor=cast.sari, publication_id=publications[1], by_hand=True)
    assert not Publication.objects.filter(by_hand=True).exists()


# Money spent on what is on its way


def plan_of(stage: Stage) -> Campaign:
    plan: Campaign | None = stage.fresh().campaign
    assert plan is not None
    return plan


def paid(stage: Stage) -> Spending:
    return spend(plan_of(stage), stage.cast.dwi, post_id=stage.post.pk, label=LABEL)


def paid_row(stage: Stage) -> Spending:
    return Spending.objects.create(
        campaign=plan_of(stage), kind="ads", amount=Decimal(1000),
        spent_on=timezone.localdate(), payee="CV Iklan", reference="SPK 1", label=LABEL,
        post=stage.post, recorded_by=stage.cast.dwi,
    )  # fmt: skip


def plan_for(stage: Stage) -> Stage:
    place(stage, campaign(stage.cast))
    return stage


def test_spending_on_what_is_on_its_way_unlabelled_is_refused(cast: Cast) -> None:
    stage = plan_for(make_stage(cast)).submit()
    for step in (lambda: None, stage.approve):
        step()
        with pytest.raises(ContentError, match="does not say") as refused:
            paid(stage)
        assert refused.value.field == "post"
        with pytest.raises(REFUSED), transaction.atomic():
            paid_row(stage)
    stage.edit(f"Vaksin rabies gratis. {LABEL.title()}.").submit()
    paid(stage)
    stage.approve()
    assert stage.send(FakePlatform()).status == STATUS.PUBLISHED


def test_no_reason_in_writing_lets_a_paid_post_go_unlabelled(cast: Cast) -> None:
    stage = plan_for(make_stage(cast))
    paid(stage)
    version = stage.fresh().current_version
    assert version is not None
    with pytest.raises(ContentError, match="Add it") as refused:
        stage.submit()
    assert refused.value.field == "text"
    with pytest.raises(REFUSED), transaction.atomic():
        Review.objects.create(
            post=stage.post, version=version, digest=version.digest, submitted_by=cast.dwi,
            **asked_for(version.pk)._asdict(),
        )  # fmt: skip


def test_what_waits_is_not_sent_once_it_is_known_to_be_paid_for(cast: Cast) -> None:
    stage = plan_for(make_stage(cast)).submit().approve()
    Publication.objects.update(status=STATUS.FAILED)
    # As of before there was the rule, or of a post that is out elsewhere.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_spending DISABLE TRIGGER USER")
        line = paid_row(stage)
        cursor.execute("ALTER TABLE content_spending ENABLE TRIGGER USER")
    with pytest.raises(GateRefused, match="lacks the label"):
        actions.retry_publication(actor=cast.sari, publication_id=stage.publication.pk)
    assert why() == "not_labelled"
    for status in ("scheduled", "sending"):
        with pytest.raises(REFUSED, match="without its label"), transaction.atomic():
            Publication.objects.update(status=status)
    actions.reverse_spending(
        actor=cast.dwi, campaign_id=line.campaign_id, spending_id=line.pk, reason="Salah"
    )
    actions.retry_publication(actor=cast.sari, publication_id=stage.publication.pk)


def test_the_worker_alone_sends_nothing_that_hides_that_it_was_paid_for(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = make_stage(cast).submit().approve()
    monkeypatch.setattr(gate, "is_labelled", lambda version_id: False)
    platform = FakePlatform()
    row = stage.send(platform)
    assert (row.status, platform.calls) == (STATUS.FAILED, 0)
    assert "lacks the label" in row.problem


def test_what_is_out_is_recorded_all_the_same_and_the_page_warns(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    stage = plan_for(make_stage(cast)).submit().approve()
    stage.send(FakePlatform())
    plan = plan_of(stage)
    client = client_as(factories.reads_english(cast.dwi))
    typed = {
        "key": uuid4(), "kind": "ads", "amount": "1000", "spent_on": timezone.localdate(),
        "payee": "CV Iklan", "reference": "SPK 1", "label": LABEL, "post": stage.post.pk,
    }  # fmt: skip
    answer = client.post(reverse("content:spending_add", args=[plan.pk]), typed, follow=True)
    assert "is out without the label" in answer.content.decode()
    assert Spending.objects.get().post == stage.post


def test_the_database_reads_a_label_as_the_findings_do(cast: Cast) -> None:
    stage = make_stage(cast)
    said = [
        "Iklan", "IKLAN: ayo", "#iklan", "periklanan", "ayo", "Kerja  sama, berbayar!",
        "#KerjaSamaBerbayar", "kerja_sama_berbayar", "kerjasama berbayar", "9iklan", "iklan2", "",
    ]  # fmt: skip
    for number, text in enumerate(said, start=2):
        actions.edit_post(
            actor=cast.dwi, post_id=stage.post.pk, based_on=number - 1,
            document=document(stage.account, text=text),
        )  # fmt: skip
        version = stage.fresh().current_version
        assert version is not None
        for label in ("iklan", LABEL):
            assert gate.says_label(version.pk, label) == is_labelled(label, text), (label, text)


# Texts and versions


def test_a_text_that_nobody_can_read_is_not_submitted(cast: Cast) -> None:
    for text in ("\u200b\u2060", "\u2800", "\ufe0f\ufe0e", "\u0301", "\u3164\u00ad\u00a0"):
        stage = make_stage(cast, text=text)
        with pytest.raises(ContentError, match=r"empty|no sign that anybody sees") as refused:
            stage.submit()
        assert refused.value.field == f"text_{stage.account.pk}"
        with pytest.raises(REFUSED), transaction.atomic():
            Post.objects.filter(pk=stage.post.pk).update(status="submitted")


def test_the_database_sees_the_signs_that_people_see() -> None:
    """Of each kind of sign, and of all that are written here."""
    signs = [chr(code) for code in range(1, 0x3200)] + ["😀", "❤️", "\U000e0041", "\ufeff", "한"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(content_is_readable(one) ORDER BY place)"
            " FROM unnest(%s) WITH ORDINALITY AS sign(one, place)",
            [signs],
        )
        (seen,) = cursor.fetchone()
    told = zip(signs, seen, strict=True)
    known = [(sign, is_seen) for sign, is_seen in told if unicodedata.category(sign[0]) != "Cn"]
    assert [sign for sign, is_seen in known if is_seen != bool(readable(sign))] == []


def test_a_list_that_is_confirmed_is_one_that_there_was(cast: Cast) -> None:
    assert [one.version for one in LISTS] == [ETHICS_VERSIONS[-1], CONDUCT_VERSIONS[-1]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('content_is_complete'::regproc)")
        (source,) = cursor.fetchone()
    for name, versions in (("ethics", ETHICS_VERSIONS), ("conduct", CONDUCT_VERSIONS)):
        known = ", ".join(map(str, versions))
        assert f"confirmed,{name}}}')::integer IN ({known})" in source


# Locks


@pytest.mark.django_db(transaction=True)
def test_a_freeze_that_ran_into_a_deadlock_is_begun_all_the_same() -> None:
    cast = the_cast()
    first, second = (factories.official_account(cast.diskominfo) for _number in range(2))
    has_second, results = Event(), []

    def hold(account: OfficialAccount) -> None:
        OfficialAccount.objects.select_for_update().get(pk=account.pk)

    def the_other_way_round() -> None:
        with transaction.atomic():
            hold(second)
            has_second.set()
            wait_until_somebody_waits()
            with connection.cursor() as cursor:
                # PostgreSQL looks at each a second after it began to wait: at the freeze first.
                cursor.execute("SELECT pg_sleep(0.5)")
            hold(first)

    def begin() -> None:
        has_second.wait(5)
        results.append(freeze(cast))

    assert at_once(the_other_way_round, begin) == [None, None]
    assert results[0].lifted_at is None


def wait_until_somebody_waits() -> None:
    for _try in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE NOT l.granted AND a.datname = current_database())"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.005)")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["approve", "freeze"])
def test_accounts_are_held_in_the_order_of_their_numbers(what: str) -> None:
    """99 comes before 100, as a text it comes after."""
    cast = the_cast()
    accounts = [factories.official_account(cast.diskominfo, pk=pk) for pk in (99, 100)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*reversed(accounts))
    )
    stage = Stage(cast, accounts[0], post).submit()
    act: Callable[[], Any] = stage.approve if what == "approve" else lambda: freeze(cast)

    def run() -> None:
        act()
        connections.close_all()

    with transaction.atomic():
        OfficialAccount.objects.select_for_update().get(pk=99)
        waiting = Thread(target=run)
        waiting.start()
        wait_until_somebody_waits()
        # Nobody holds the later one while they wait for the earlier.
        assert OfficialAccount.objects.select_for_update(nowait=True).get(pk=100)
    waiting.join()
    assert stage.fresh().status == ("scheduled" if what == "approve" else "submitted")
