"""The pages about what is out: taken back, corrected, updated and put aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import OfficialAccount, User
from content import actions
from content.errors import ContentError
from content.models import Post, Publication, Relation, Withdrawal
from content.pages.freezes import DELETED_BY_HAND
from govsocial.audit.models import Entry
from govsocial.platforms.errors import NotOffered, Unavailable
from govsocial.platforms.instagram.client import InstagramClient
from govsocial.platforms.tiktok.client import TikTokClient
from govsocial.web import navigation
from tests.cast import Cast
from tests.content.media_stage import ready
from tests.content.stage import (
    FakePlatform,
    Stage,
    connected_account,
    document,
    make_stage,
    media_item,
    picture,
)
from tests.content.test_withdrawals import Deleting, delete, withdraw
from tests.gathering import each

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15


@pytest.fixture
def live(cast: Cast) -> Stage:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    return stage


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


def relation(begun: str) -> dict[str, str]:
    """What the form that begins one sends."""
    return {"relation": begun, "key": str(uuid4())}


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def two_accounts(cast: Cast, other: OfficialAccount) -> Stage:
    """A post that is live on two accounts."""
    stage = make_stage(cast)
    texts = {stage.account.pk: "Satu.", other.pk: "Dua."}
    actions.edit_post(
        actor=cast.dwi, post_id=stage.post.pk, based_on=1, document=document(texts=texts)
    )
    stage.submit().approve()
    for one in Publication.objects.filter(post=stage.post):
        actions.send_publication(
            publication_id=one.pk, actor=User.objects.system(), client=FakePlatform()
        )
    return stage


# Withdrawing


def test_a_publication_is_withdrawn_with_a_reason(live: Stage, client_as: SignIn) -> None:
    client, address = client_as("sari"), page("publication_withdraw", live.publication.pk)
    detail = page("publication_detail", live.publication.pk)
    assert f"Tarik dari {live.account.at_handle}" in text_of(client.get(detail))
    asked = text_of(client.get(address))
    assert "tangkapan layar" in asked
    assert "dihapus di Bluesky" in asked
    assert live.account.in_words in asked
    refused = client.post(address, {"reason": " "})
    assert refused.status_code == 422
    assert text_of(refused).count("Isi alasannya.") == 2, "above the form and beside the field"
    assert client.post(address, {"reason": "Jadwal salah"})["Location"] == detail
    assert live.publication.status == "withdrawn"
    shown = text_of(client.get(detail))
    assert "Jadwal salah" in shown
    assert "Sedang dihapus" in shown
    assert client.post(address, {"reason": "Lagi"})["Location"] == detail
    assert Withdrawal.objects.count() == 1


@each(
    "who, status",
    [("dwi", 403), ("made", 403), ("bayu", 403), ("ratna", 403), ("laila", 403), ("nur", 404)],
)
def test_who_withdraws_nothing(cast: Cast, client_as: SignIn, who: str, status: int) -> None:
    if not Publication.objects.exists():
        make_stage(cast).submit().approve().send(FakePlatform())
    publication = Publication.objects.get()
    for address in (
        page("publication_withdraw", publication.pk),
        page("post_withdraw", publication.post_id),
    ):
        assert client_as(who).post(address, {"reason": "Salah"}).status_code == status
    assert not Withdrawal.objects.exists()


@each("platform, client", [("instagram", InstagramClient), ("tiktok", TikTokClient)])
def test_what_no_application_deletes_is_said_before(
    cast: Cast, client_as: SignIn, platform: str, client: Any
) -> None:
    assert platform in DELETED_BY_HAND
    with pytest.raises(NotOffered):
        client.delete(object.__new__(client), "1")
    account = connected_account(
        cast.diskominfo, platform=platform, host="", person_in_charge=cast.rina
    )
    image = ready(cast.dwi, cast.diskominfo, picture(size=(640, 640), kind="JPEG"))
    post = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.diskominfo.pk,
        document=document(account, media=(media_item(image, "Poster."),)),
    )
    stage = Stage(cast, account, post).submit().approve()
    stage.send(FakePlatform())
    shown = text_of(client_as("sari").get(page("publication_withdraw", stage.publication.pk)))
    assert "seseorang harus menghapusnya di sana" in shown
    assert "Rina Lestari" in shown


def test_the_page_tells_of_each_try_and_of_the_problem(live: Stage, client_as: SignIn) -> None:
    withdraw(live)
    delete(Deleting(Unavailable("DELETE bsky.social/x: the platform did not answer in time.")))
    shown = text_of(client_as("sari").get(page("publication_detail", live.publication.pk)))
    assert "1 kali tanpa hasil" in shown
    assert "Platform tidak menjawab" in shown


def stuck(stage: Stage) -> Publication:
    """A withdrawal that a person must look after."""
    withdraw(stage)
    delete(Deleting(NotOffered("Instagram posts are deleted in Instagram's own application.")))
    return stage.publication


def test_what_needs_a_person_is_on_the_home_page_and_in_the_list_until_it_is_settled(
    live: Stage, client_as: SignIn
) -> None:
    publication = stuck(live)

    def told(who: str) -> tuple[Any, bool, int]:
        home = client_as(who).get(reverse("home"))
        places = {place.key: link.count for place, link in navigation.links(home.wsgi_request)}
        assert home.context["waiting"] == (places["home"] or 0)
        listed = client_as(who).get(page("publication_list"), {"todo": "withdrawal"})
        number = listed.context["page"].paginator.count
        return places["publications"], "perlu dihapus manual" in text_of(home), number

    assert told("sari") == (1, True, 1)
    assert told("dwi") == (None, False, 1), "who may not act has no task"
    address = page("withdrawal_settle", publication.pk)
    client = client_as("sari")
    assert client.get(address).status_code == 200
    assert client.post(address, {"outcome": "stays", "note": " "}).status_code == 422
    nothing = client.post(address, {"outcome": ""})
    assert nothing.context["form"].errors == {"outcome": ["Say what you see there."]}
    assert client.post(address, {"outcome": "deleted"}).status_code == 422, "only workers say so"
    assert client.post(address, {"outcome": "by_hand", "note": ""}).status_code == 302
    assert Withdrawal.objects.get().settled_by == live.cast.sari
    assert told("sari") == (None, False, 0)
    replayed = client.post(address, {"outcome": "stays", "note": "Lagi"})
    assert replayed["Location"] == page("publication_detail", publication.pk)
    assert Withdrawal.objects.get().outcome == "by_hand"


@each("who, status", [("dwi", 403), ("laila", 403), ("nur", 404)])
def test_who_settles_no_withdrawal(cast: Cast, client_as: SignIn, who: str, status: int) -> None:
    if not Publication.objects.exists():
        stage = make_stage(cast).submit().approve()
        stage.send(FakePlatform())
        stuck(stage)
    address = page("withdrawal_settle", Publication.objects.get().pk)
    assert client_as(who).post(address, {"outcome": "by_hand"}).status_code == status
    assert Withdrawal.objects.get().outcome == ""


def test_a_whole_post_is_withdrawn_in_one_go(cast: Cast, client_as: SignIn) -> None:
    stage = two_accounts(cast, connected_account(cast.diskominfo))
    client, address = client_as("sari"), page("post_withdraw", stage.post.pk)
    assert "Tarik dari 2 akun" in text_of(client.get(page("post_detail", stage.post.pk)))
    assert "Tarik dari 2 akun" in text_of(client.get(address))
    client.post(address, {"reason": "Salah semua"})
    assert set(Publication.objects.values_list("status", flat=True)) == {"withdrawn"}
    assert stage.fresh().status == Post.Status.WITHDRAWN
    assert client.post(address, {"reason": "Lagi"})["Location"] == page(
        "post_detail", stage.post.pk
    )
    assert Withdrawal.objects.count() == 2


def test_nothing_of_a_post_is_withdrawn_by_who_may_not_withdraw_all_of_it(
    cast: Cast, client_as: SignIn
) -> None:
    other = connected_account(cast.diskominfo)
    stage = two_accounts(cast, other)
    OfficialAccount.objects.filter(pk=other.pk).update(unit=cast.dinkes)
    answer = client_as("sari").post(page("post_withdraw", stage.post.pk), {"reason": "Salah"})
    assert answer.status_code == 403
    with pytest.raises(PermissionDenied):
        actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Salah")
    assert not Withdrawal.objects.exists()


# Corrections and updates


def test_a_correction_is_begun_from_what_is_out_and_the_composer_says_so(
    live: Stage, client_as: SignIn
) -> None:
    client = client_as("rina")
    assert "Tulis koreksi" in text_of(client.get(page("post_detail", live.post.pk)))
    answer = client.post(page("post_follow", live.post.pk), relation("correction"))
    begun = Post.objects.latest("pk")
    assert answer["Location"] == page("post_edit", begun.pk)
    shown = text_of(client.get(answer["Location"]))
    assert "Ini koreksi atas “Jadwal vaksinasi”" in shown
    assert "Koreksi:" in shown
    assert begun.current_version is not None
    assert begun.current_version.title == "Koreksi: Jadwal vaksinasi"
    texts = begun.current_version.content().texts.values()
    assert not any("Koreksi" in text for text in texts), "nothing by itself"
    shown = text_of(client.get(page("post_detail", begun.pk)))
    assert "naskah ini akan mengoreksinya" in shown
    assert "dikoreksi oleh naskah ini" not in shown


def test_the_wrong_post_says_when_it_was_corrected(live: Stage, client_as: SignIn) -> None:
    client, wrong = client_as("rina"), page("post_detail", live.post.pk)
    client.post(page("post_follow", live.post.pk), relation(Relation.CORRECTION))
    begun = Stage(live.cast, live.account, Post.objects.latest("pk"))
    assert "Sudah dikoreksi pada" not in text_of(client.get(wrong))
    begun.edit("Ralat: bukan Senin, melainkan Selasa.", by=live.cast.rina)
    begun.submit(live.cast.rina).approve().send(FakePlatform())
    shown = text_of(client.get(wrong))
    assert "Sudah dikoreksi pada" in shown
    assert page("post_detail", begun.post.pk) in shown
    assert "dikoreksi oleh naskah ini" in text_of(client.get(page("post_detail", begun.post.pk)))
    assert live.fresh().status == Post.Status.CORRECTED


@each("forged", ["", "reply", "correction\0"])
def test_only_a_correction_or_an_update_is_begun(
    cast: Cast, client_as: SignIn, forged: str
) -> None:
    if not Post.objects.exists():
        make_stage(cast).submit().approve().send(FakePlatform())
    post = Post.objects.get()
    client_as("dwi").post(page("post_follow", post.pk), relation(forged))
    assert Post.objects.count() == 1


@each(
    "who, status",
    [("made", 403), ("sari", 403), ("laila", 403), ("fajar", 404)],
)
def test_who_begins_no_correction(cast: Cast, client_as: SignIn, who: str, status: int) -> None:
    if not Post.objects.exists():
        make_stage(cast).submit().approve().send(FakePlatform())
    address = page("post_follow", Post.objects.get().pk)
    assert client_as(who).post(address, relation("update")).status_code == status
    assert Post.objects.count() == 1


def test_a_draft_is_not_corrected(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast)
    shown = text_of(client_as("dwi").get(page("post_detail", stage.post.pk)))
    assert "Tulis koreksi" not in shown
    client_as("dwi").post(page("post_follow", stage.post.pk), relation("update"))
    assert Post.objects.count() == 1


# Archiving


def test_an_archived_post_leaves_the_list_and_is_found_by_its_status(
    live: Stage, client_as: SignIn
) -> None:
    client = client_as("sari")
    assert "Arsipkan naskah ini" in text_of(client.get(page("post_detail", live.post.pk)))
    client.post(page("post_archive", live.post.pk))
    assert live.fresh().status == Post.Status.ARCHIVED
    assert Entry.objects.get(event="content.post.archived").data == {"before": "live"}
    assert live.publication.status == Publication.Status.PUBLISHED

    def found(**query: str) -> int:
        return int(client.get(page("post_list"), query).context["page"].paginator.count)

    assert (found(), found(search="vaksinasi")) == (0, 0)
    assert (found(status="archived"), found(status="archived", search="vaksinasi")) == (1, 1)
    shown = text_of(client.get(page("post_detail", live.post.pk)))
    assert "Yang sudah tayang" in shown
    assert "Tulis koreksi" not in shown


@each("who, status", [("dwi", 403), ("made", 403), ("bayu", 403), ("laila", 403), ("nur", 404)])
def test_who_archives_nothing(cast: Cast, client_as: SignIn, who: str, status: int) -> None:
    if not Post.objects.exists():
        make_stage(cast).submit().approve().send(FakePlatform())
    post = Post.objects.get()
    assert client_as(who).post(page("post_archive", post.pk)).status_code == status
    assert Post.objects.get().status == Post.Status.LIVE


def test_what_is_not_finished_is_not_archived(live: Stage) -> None:
    def refused(match: str) -> None:
        with pytest.raises(ContentError, match=match):
            actions.archive_post(actor=live.cast.sari, post_id=live.post.pk)

    begun = actions.follow_post(
        actor=live.cast.dwi, post_id=live.post.pk, relation=Relation.CORRECTION
    )
    refused("under way")
    with pytest.raises(ContentError, match="was out"):
        actions.archive_post(actor=live.cast.sari, post_id=begun.pk)
    withdrawal = withdraw_of(live)
    refused("taken back")
    actions.settle_withdrawal(
        actor=live.cast.sari, withdrawal_id=withdrawal.pk, outcome=Withdrawal.Outcome.BY_HAND
    )
    actions.archive_post(actor=live.cast.sari, post_id=live.post.pk)
    refused("was out")


def withdraw_of(stage: Stage) -> Withdrawal:
    publication = Publication.objects.get(post=stage.post)
    return actions.withdraw_publication(
        actor=stage.cast.sari, publication_id=publication.pk, reason="Salah"
    )


def test_the_pages_stay_within_the_bar(live: Stage, client_as: SignIn) -> None:
    for relation in (Relation.CORRECTION, Relation.UPDATE, Relation.UPDATE):
        actions.follow_post(actor=live.cast.rina, post_id=live.post.pk, relation=relation)
    first = Publication.objects.get()
    addresses = [
        page("post_detail", live.post.pk), page("post_withdraw", live.post.pk),
        page("publication_withdraw", first.pk), page("publication_detail", first.pk),
    ]  # fmt: skip
    client = client_as("sari")
    for address in addresses:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        assert len(found) <= MOST_QUERIES, address
    withdraw_of(live)
    for address in (addresses[0], addresses[-1], page("withdrawal_settle", first.pk)):
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        assert len(found) <= MOST_QUERIES, address
