"""The list of publications opens with what somebody has to do."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts import actions as register
from accounts.models import User
from content import actions
from content.selectors import lists as selectors_lists
from content.selectors import posts as selectors
from tests.cast import Cast
from tests.content.stage import later, make_stage


def test_the_list_opens_with_what_waits_for_a_person_and_ends_with_what_was_cancelled(
    cast: Cast, client_as: Callable[[User | str], Client]
) -> None:
    make_stage(cast, title="Nanti", planned_at=later(hours=5)).submit().approve()
    for title, hours in (("Kirim", 2), ("Tulis", 1)):
        stage = make_stage(cast, title=title, planned_at=later(hours=hours)).submit().approve()
        register.disconnect_account(
            actor=cast.bayu, official_account_id=stage.account.pk, reason="Diganti"
        )
    off = make_stage(cast, title="Batal", planned_at=later(hours=9)).submit().approve()
    actions.cancel_publication(
        actor=cast.sari, publication_id=off.publication.pk, reason="Acara ditunda"
    )
    client = client_as("dwi")

    def listed(**asked: str) -> list[str]:
        rows = client.get(reverse("content:publication_list"), asked).context["page"]
        return [publication.version.title for publication in rows]

    assert listed() == ["Tulis", "Kirim", "Nanti", "Batal"]
    assert listed(sort="-time") == ["Batal", "Nanti", "Kirim", "Tulis"]
    rows = selectors_lists.WaitingFirst(
        selectors.with_time_shown(selectors.publications_visible_to(cast.dwi))
    )
    by_page = [one.version.title for start in range(4) for one in rows[start : start + 1]]
    assert (len(rows), by_page) == (4, ["Tulis", "Kirim", "Nanti", "Batal"])
