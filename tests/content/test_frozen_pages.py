"""What a freeze stopped goes again piece by piece: each after somebody opened it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import User
from content import actions
from content.models import Decision, Halt, OpenedPublication, Publication
from content.pages.release import release_each
from content.selectors.freezes import to_release_by
from govsocial.web import navigation
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, later, make_stage
from tests.content.test_freeze_pages import REFUSED, STATUS, SignIn, another, frozen, page, text_of
from tests.content.test_freezes import freeze, lift
from tests.gathering import each
from tests.triggers import without_trigger


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast, planned_at=later(hours=1)).submit().approve()


def test_who_opened_it_lets_it_go(stage: Stage, client_as: SignIn) -> None:
    address = page("publication_release", frozen(stage).publication.pk)
    client = client_as("sari")
    blind = client.post(address, follow=True)
    assert "Buka dahulu" in text_of(blind)
    assert stage.publication.status == STATUS.FROZEN
    shown = text_of(client.get(address))
    assert "Vaksin rabies gratis." in shown
    assert f"Lepas penayangan di {stage.account.at_handle}" in shown
    assert client.post(address)["Location"] == page("frozen_list")
    assert stage.publication.status == STATUS.SCHEDULED
    assert Halt.objects.get().released_by == stage.cast.sari
    replayed = client.post(address, follow=True)
    assert "sudah berubah" in text_of(replayed)


def test_a_part_of_a_thread_is_shown_by_its_own_words(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast, thread=("Bawa kartu keluarga.",)).submit().approve()
    post, part = stage.post.publications.order_by("part")
    actions.send_publication(
        publication_id=post.pk, actor=User.objects.system(), client=FakePlatform()
    )
    frozen(stage)
    client = client_as("sari")
    listed = text_of(client.get(page("frozen_list")))
    assert "Bagian 2 dari utas: Bawa kartu keluarga." in listed
    asked = text_of(client.get(page("publication_release", part.pk)))
    assert "Bagian 2 dari utas" in asked
    for shown in (listed, asked):
        assert "Vaksin rabies gratis." not in shown


@each(
    "who, status",
    [("dwi", 403), ("made", 403), ("bayu", 403), ("ratna", 403), ("laila", 403), ("nur", 404)],
)
def test_who_does_not_let_go(cast: Cast, client_as: SignIn, who: str, status: int) -> None:
    if not Halt.objects.exists():
        frozen(make_stage(cast).submit().approve())
    address = page("publication_release", Publication.objects.get().pk)
    expected = status if who in {"dwi", "nur", "made"} else 403
    for answer in (client_as(who).get(address), client_as(who).post(address)):
        assert answer.status_code in {403, expected}
    assert Publication.objects.get().status == STATUS.FROZEN
    assert not OpenedPublication.objects.exists()


def test_who_wrote_part_of_it_is_told_that_somebody_else_lets_it_go(
    stage: Stage, client_as: SignIn
) -> None:
    frozen(stage)
    factories.grant(stage.cast.dwi, Role.APPROVER, stage.cast.diskominfo)
    client, address = client_as(stage.cast.dwi), page("publication_release", stage.publication.pk)
    shown = text_of(client.get(address))
    assert "Lepas penayangan di" not in shown
    client.post(address)
    assert stage.publication.status == STATUS.FROZEN
    assert not to_release_by(User.objects.get(pk=stage.cast.dwi.pk)).exists()


def test_several_go_at_once_only_where_each_was_opened(stage: Stage, client_as: SignIn) -> None:
    second = another(stage, title="Pasar murah").publication
    first = Publication.objects.exclude(pk=second.pk).get()
    frozen(stage)
    client = client_as("sari")
    client.get(page("publication_release", first.pk))
    listed = client.get(page("frozen_list"))
    assert f'name="publication" value="{first.pk}"' in listed.content.decode()
    assert f'name="publication" value="{second.pk}"' not in listed.content.decode()
    answer = client.post(
        page("frozen_release"), {"publication": [first.pk, second.pk, "x", "9" * 30]}, follow=True
    )
    shown = text_of(answer)
    assert "1 penayangan dilepas lagi" in shown
    assert "Pasar murah" in shown
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (STATUS.SCHEDULED, STATUS.FROZEN)


def test_two_of_one_title_are_each_answered_for(stage: Stage) -> None:
    title = stage.publication.version.title
    second = another(stage, title=title).publication
    first = Publication.objects.exclude(pk=second.pk).get()
    frozen(stage)
    sari = stage.cast.sari
    actions.open_frozen(actor=sari, publication_id=second.pk)
    told = release_each(sari, [first, second])
    assert told == (
        "1 publication goes again.",
        [f"{first}: Open what will go out first, then let it go."],
    )
    actions.open_frozen(actor=sari, publication_id=first.pk)
    assert release_each(sari, [first, second])[0] == "1 publication goes again."


def test_what_goes_out_at_once_is_named_above_the_button_and_in_the_answer(
    cast: Cast, client_as: SignIn
) -> None:
    now = make_stage(cast, title="Siaga banjir").submit().approve()
    by_hand = make_stage(cast, title="Pasar murah", connected=False).submit().approve()
    in_time = make_stage(cast, title="Jadwal baru", planned_at=later(hours=1)).submit().approve()
    rows = [one.post.publications.get() for one in (now, by_hand, in_time)]
    frozen(now)
    for one in rows:
        actions.open_frozen(actor=cast.sari, publication_id=one.pk)
    client = client_as("sari")
    shown = text_of(client.get(page("frozen_list")))
    above = shown.partition("Waktunya sudah lewat")[2].partition("Lepas yang dicentang")[0]
    assert f"Siaga banjir, {now.account.in_words}: langsung tayang." in above
    assert f"Pasar murah, {by_hand.account.in_words}: petugas harus menayangkannya" in above
    assert "Jadwal baru" not in above
    ticked = {"publication": [one.pk for one in rows]}
    answer = text_of(client.post(page("frozen_release"), ticked, follow=True))
    assert "3 penayangan dilepas lagi." in answer
    assert f"Langsung tayang: “Siaga banjir”, {now.account.in_words}." in answer
    assert f"petugas sekarang: “Pasar murah”, {by_hand.account.in_words}." in answer


def test_what_was_opened_before_a_second_freeze_is_opened_anew(
    stage: Stage, client_as: SignIn
) -> None:
    client, address = client_as("sari"), page("publication_release", frozen(stage).publication.pk)
    client.get(address)
    client.post(address)
    frozen(stage)
    client.post(address)
    assert stage.publication.status == STATUS.FROZEN
    with pytest.raises(REFUSED), transaction.atomic():
        Halt.objects.filter(released_at=None).update(
            released_by=stage.cast.sari, released_at=timezone.now()
        )
    with pytest.raises(REFUSED), transaction.atomic():
        OpenedPublication.objects.all().delete()
    # A time to come, so that one look would do for all freezes: the clock of the database counts.
    OpenedPublication.objects.update(opened_at=later(days=9))
    assert OpenedPublication.objects.get().opened_at < later(days=1)


def test_another_units_frozen_publications_are_not_let_go(
    stage: Stage, client_as: SignIn, cast: Cast
) -> None:
    frozen(stage)
    client_as("nur").post(page("frozen_release"), {"publication": [stage.publication.pk]})
    assert stage.publication.status == STATUS.FROZEN
    assert "Jadwal vaksinasi" not in text_of(client_as("nur").get(page("frozen_list")))


def test_what_lost_its_approval_says_what_to_do(stage: Stage, client_as: SignIn) -> None:
    frozen(stage)
    lapsed = timezone.now() - timedelta(days=1)
    with without_trigger("content.Decision:append_only"):
        Decision.objects.update(expires_at=lapsed)
    client = client_as("sari")
    shown = text_of(client.get(page("publication_release", stage.publication.pk)))
    assert "Lepas penayangan di" not in shown
    assert page("publication_cancel", stage.publication.pk) in shown
    assert "Persetujuan tidak berlaku lagi" in text_of(client.get(page("frozen_list")))
    for state, number in (("lapsed", 1), ("ready", 0), ("covered", 0)):
        listed = client.get(page("frozen_list"), {"state": state})
        assert listed.context["page"].paginator.count == number, state


def test_counts_stand_in_the_navigation_and_on_the_home_page(
    stage: Stage, client_as: SignIn
) -> None:
    freeze(stage.cast)

    def counted(who: str) -> Any:
        shown = client_as(who).get(reverse("home"))
        places = {place.key: link.count for place, link in navigation.links(shown.wsgi_request)}
        assert shown.context["waiting"] == (places["home"] or 0)
        return places["publications"]

    assert counted("sari") is None, "while the freeze is on, there is nothing to do"
    lift(stage.cast)
    assert counted("sari") == 1
    assert "1 penayangan menunggu dilepas" in text_of(client_as("sari").get(reverse("home")))
    assert counted("dwi") is None
    stage.cast.sari.forget_reach()
    actions.cancel_publication(
        actor=stage.cast.sari, publication_id=stage.publication.pk, reason="Sudah lewat"
    )
    assert counted("sari") is None
