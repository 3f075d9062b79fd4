"""Who can do nothing about a thing reads who can, and by whom it was taken; and what is left of a
correction whose first post was withdrawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import User
from content import actions
from content.errors import ContentError
from content.forms.freezes import FreezeForm
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, make_stage
from tests.content.test_by_hand import claim
from tests.content.test_withdrawals import follow

SignIn = Callable[[User | str], Client]


def words(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"content:{name}", args=args))
    return " ".join(answer.content.decode().split())


def test_who_may_not_post_by_hand_reads_who_may_and_who_took_it(
    cast: Cast, client_as: SignIn
) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    putu = factories.user("Putu Ayu")
    factories.grant(putu, Role.PUBLISHER, cast.diskominfo)
    dwi = client_as(factories.reads_english(cast.dwi))
    shown = words(dwi, "publication_detail", stage.publication.pk)
    assert f"These may take it: {putu.full_name}, {cast.sari.full_name}." in shown
    sari = client_as(factories.reads_english(cast.sari))
    assert "These may take it" not in words(sari, "publication_detail", stage.publication.pk)
    claim(stage)
    shown = words(dwi, "publication_detail", stage.publication.pk)
    assert f"{cast.sari.full_name} took it on " in shown
    assert "These may take it" not in shown


def test_who_may_not_freeze_reads_who_may_and_who_may_finds_it_on_home(
    cast: Cast, client_as: SignIn
) -> None:
    sari, dwi = (client_as(factories.reads_english(one)) for one in (cast.sari, cast.dwi))
    begin = reverse("content:freeze_begin")
    assert begin in sari.get(reverse("home")).content.decode()
    assert begin not in dwi.get(reverse("home")).content.decode()
    who = f"{cast.sari.full_name} ({cast.diskominfo})"
    assert f"Who may begin and lift a freeze here: {who}." in words(dwi, "freeze_list")
    assert "Who may begin" not in words(sari, "freeze_list")
    assert '<option value=""' not in str(FreezeForm(user=cast.sari)["unit"]), "there is but one"
    assert FreezeForm(user=cast.sari)["kind"].value() is None, "no occasion is recorded unchosen"
    factories.grant(cast.sari, Role.APPROVER, cast.dinkes)
    cast.sari.forget_reach()
    assert '<option value=""' in str(FreezeForm(user=cast.sari)["unit"])


def test_a_correction_that_was_begun_before_the_withdrawal_may_go_out_and_says_so(
    cast: Cast, client_as: SignIn
) -> None:
    live = make_stage(cast).submit().approve()
    live.send(FakePlatform())
    correction = follow(live).edit("Koreksi: vaksin rabies hanya hari Selasa.")
    sari = client_as(factories.reads_english(cast.sari))
    asked = words(sari, "post_withdraw", live.post.pk)
    assert reverse("content:post_detail", args=[correction.post.pk]) in asked
    actions.withdraw_post(actor=cast.sari, post_id=live.post.pk, reason="Jamnya keliru")
    with pytest.raises(ContentError):
        follow(live)
    correction.submit()
    gone = "What it corrects was withdrawn on "
    assert gone in words(sari, "post_detail", correction.post.pk)
    composer = words(client_as(factories.reads_english(cast.dwi)), "post_edit", correction.post.pk)
    assert gone in composer
    assert "stays until you withdraw it" not in composer
    correction.approve().send(FakePlatform())
    assert (correction.fresh().status, live.fresh().status) == ("live", "withdrawn")
    assert gone not in words(sari, "post_detail", correction.post.pk), "it is out"
