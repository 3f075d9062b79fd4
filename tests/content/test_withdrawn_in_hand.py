"""What is withdrawn while a person has it in hand, or while it still waits on another account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.capabilities import Role
from accounts.models import OfficialAccount, User
from content import actions, notices
from content.models import NoticeKind, Notification, Publication
from content.taken_back import taken_back
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_by_hand import back, claim, prove
from tests.content.test_by_hand_pages import typed

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15
CHANNEL = "WhatsApp channel of Kota Samudra"


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """Out on one account; on a channel, which nothing connects, a person is to post it."""
    stage = make_stage(cast)
    channel = factories.official_account(
        cast.diskominfo, platform=OfficialAccount.Platform.WHATSAPP,
        handle="whatsapp.com/channel/0029VaSamudra", display_name=CHANNEL,
    )  # fmt: skip
    version = stage.fresh().current_version
    assert version is not None
    texts = {stage.account.pk: "Satu.", channel.pk: "Dua."}
    actions.edit_post(
        actor=cast.dwi, post_id=stage.post.pk, based_on=1,
        document=replace(version.content(), texts=texts),
    )  # fmt: skip
    stage.submit().approve()
    first = Publication.objects.get(official_account=stage.account)
    actions.send_publication(publication_id=first.pk, actor=cast.bayu, client=FakePlatform())
    stage.account = channel
    return stage


def publisher(cast: Cast) -> User:
    putu = factories.user("Putu Ayu")
    factories.grant(putu, Role.PUBLISHER, cast.diskominfo)
    return factories.reads_english(putu)


def words(client: Client, name: str, *args: int) -> str:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse(f"content:{name}", args=args))
    assert len(asked) <= MOST_QUERIES
    return " ".join(answer.content.decode().split())


def on_channel(stage: Stage) -> Publication:
    return Publication.objects.get(official_account=stage.account)


def test_who_has_it_in_hand_is_told_and_every_page_says_who_withdrew_it_and_what_to_do(
    stage: Stage, client_as: SignIn
) -> None:
    row, putu = on_channel(stage), publisher(stage.cast)
    actions.claim_by_hand(actor=stage.cast.sari, publication_id=row.pk)
    putu_sees, sari_sees = client_as(putu), client_as(factories.reads_english(stage.cast.sari))
    form = words(putu_sees, "post_withdraw", stage.post.pk)
    assert "Sari Wulandari took it on" in form
    assert "Ask them to stop" in form
    assert "may be out already" not in form
    assert "You took it on" in words(sari_sees, "publication_withdraw", row.pk)
    User.objects.filter(pk=stage.cast.sari.pk).update(is_active=False)
    gone = words(putu_sees, "post_withdraw", stage.post.pk)
    assert ("no notice reaches them" in gone, "told at once" in gone) == (True, False)
    User.objects.filter(pk=stage.cast.sari.pk).update(is_active=True)
    actions.withdraw_post(actor=putu, post_id=stage.post.pk, reason="Jam <keliru>")
    told = Notification.objects.get(kind=NoticeKind.STOP)
    assert told.person == stage.cast.sari
    assert notices.address_of(told) == reverse("content:publication_by_hand", args=[row.pk])
    with translation.override("en"):
        assert notices.sentence_of(told).startswith("Putu Ayu withdrew")
        assert f"to post it on {CHANNEL}." in notices.sentence_of(told)
    assert CHANNEL in words(sari_sees, "notification_list")
    told_by = f"Putu Ayu withdrew it from {CHANNEL}"
    mine = words(sari_sees, "publication_by_hand", row.pk)
    for told_there in (told_by, "Jam &lt;keliru&gt;", "delete it there by hand", "hand it back"):
        assert told_there in mine
    assert "taken and posted again" not in mine
    assert "How to" not in mine
    assert "Dua." not in mine
    assert "Sari Wulandari took it on" in words(putu_sees, "publication_by_hand", row.pk)
    assert told_by in words(putu_sees, "publication_detail", row.pk)
    head = words(putu_sees, "post_detail", stage.post.pk).partition("post-preview")[0]
    assert told_by in head
    assert "Sari Wulandari took it to post it by hand. Post nothing" in head
    assert "Not out on every account yet" not in head


def test_nobody_is_told_of_what_they_withdrew_themselves_or_nobody_took(stage: Stage) -> None:
    claim_it = claim(Stage(stage.cast, stage.account, stage.post))
    actions.withdraw_publication(
        actor=stage.cast.sari, publication_id=claim_it.publication_id, reason="Salah"
    )
    other = make_stage(stage.cast).submit().approve()
    other.send(FakePlatform())
    actions.withdraw_post(actor=publisher(stage.cast), post_id=other.post.pk, reason="Salah")
    assert not Notification.objects.filter(kind=NoticeKind.STOP).exists()


def test_what_was_posted_all_the_same_is_recorded_as_withdrawn_and_not_as_live(
    cast: Cast, client_as: SignIn
) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage)
    actions.withdraw_publication(
        actor=publisher(cast), publication_id=stage.publication.pk, reason="Salah"
    )
    sari = client_as(factories.reads_english(cast.sari))
    address = reverse("content:publication_record", args=[stage.publication.pk])
    shown = sari.post(address, typed(stage), follow=True).content.decode()
    assert stage.publication.status == Publication.Status.WITHDRAWN
    assert "It was withdrawn: delete it there by hand" in shown
    assert "It is live" not in shown


def test_the_withdrawal_of_a_post_names_where_it_still_waits_and_the_post_where_it_never_was(
    stage: Stage, client_as: SignIn
) -> None:
    row, putu = on_channel(stage), publisher(stage.cast)
    client = client_as(putu)
    form = words(client, "post_withdraw", stage.post.pk)
    assert f'<span class="item-title">{CHANNEL}</span> <span>Not out there. It is cancelled' in form
    assert "Withdraw from @" in form, "from the account where it is out, and from no other"

    def apart() -> str:
        """What stands below the text of the one account that has it."""
        shown = words(client, "post_detail", stage.post.pk)
        card = shown.partition("What went out")[2] or shown.partition("What was out")[2]
        text, _heading, rest = card.partition("Not recorded as out")
        assert "Satu." in text
        assert "Dua." not in text
        assert CHANNEL not in text
        return rest.partition("</section>")[0]

    link = f'<a href="{reverse("content:publication_detail", args=[row.pk])}">{CHANNEL}</a>'
    assert link in apart()
    actions.withdraw_post(actor=putu, post_id=stage.post.pk, reason="Salah")
    assert on_channel(stage).status == Publication.Status.CANCELLED
    assert link in apart()
    assert "Cancelled" in apart()
    cancelled = words(client, "publication_detail", row.pk)
    assert "What was to go out" in cancelled
    assert "What will go out" not in cancelled


def test_a_channel_is_called_by_its_name_in_notices_and_where_it_was_withdrawn(
    cast: Cast, stage: Stage
) -> None:
    actions.tell_due_by_hand(actor=cast.bayu)
    told = Notification.objects.filter(kind=NoticeKind.TO_POST).first()
    assert told is not None
    with translation.override("en"):
        assert f"to be posted on {CHANNEL} by hand" in notices.sentence_of(told)
    row = on_channel(stage)
    claim(Stage(cast, stage.account, stage.post))
    prove(
        Stage(cast, stage.account, stage.post),
        publication_id=row.pk, permalink="https://whatsapp.com/channel/0029VaSamudra/101",
    )  # fmt: skip
    actions.withdraw_publication(actor=cast.sari, publication_id=row.pk, reason="Salah")
    (one,) = taken_back(stage.post.publications.filter(pk=row.pk))
    assert one.where == CHANNEL


def test_what_was_withdrawn_in_hand_and_not_posted_is_cancelled(cast: Cast) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage)
    actions.withdraw_publication(
        actor=publisher(cast), publication_id=stage.publication.pk, reason="Salah"
    )
    assert back(stage).status == Publication.Status.CANCELLED
