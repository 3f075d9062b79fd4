"""Several approved at once: only what each person opened, as it stands; and what an approval
confirms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import User
from content import actions
from content.checklist import ETHICS
from content.errors import ContentError
from content.models import Decision, LinkCheck, OpenedVersion, Post
from content.pages import review as review_pages
from content.surroundings import digest_of_link
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, make_stage
from tests.content.test_emergencies import emergency
from tests.content.test_gate import decide

REFUSED = (IntegrityError, InternalError)
SignIn = Callable[[User | str], Client]
LIST = "content:review_list"


def value(stage: Stage) -> str:
    return f"{stage.post.pk}:{stage.digest}"


def look(client: Client, *stages: Stage) -> None:
    for one in stages:
        client.get(reverse("content:post_detail", args=[one.post.pk]))


def approve(client: Client, *values: str, confirmed: object = 1) -> str:
    """What the list says afterwards."""
    typed = {"chosen": values, "confirmed": confirmed}
    answer = client.post(reverse("content:review_approve"), typed, follow=True)
    return str(answer.content.decode())


def why() -> str:
    entry = Entry.objects.filter(event="content.gate.refused").latest("pk")
    return str(entry.data["why"])


def test_what_was_opened_is_approved_together_each_by_itself(cast: Cast, client_as: SignIn) -> None:
    stages = [make_stage(cast, title=f"Naskah {number}").submit() for number in range(2)]
    client = client_as("sari")
    closed = client.get(reverse(LIST)).content.decode()
    assert closed.count("disabled") >= 2
    assert "buka dahulu" in closed
    look(client, *stages)
    shown = client.get(reverse(LIST)).content.decode()
    assert 'name="confirmed"' in shown
    assert "langsung tayang begitu Anda setujui: Naskah 0, Naskah 1" in shown
    said = approve(client, *(value(one) for one in stages))
    assert "2 naskah disetujui dan sedang ditayangkan: Naskah 0, Naskah 1." in said
    assert {one.fresh().status for one in stages} == {Post.Status.SCHEDULED}
    row = Decision.objects.latest("pk")
    assert (row.in_bulk, row.confirmed_list, row.confirmed_version) == (True, "ethics", 1)
    entry = Entry.objects.filter(event="content.post.approved").latest("pk")
    assert (entry.data["confirmed"], entry.data["in_bulk"]) == ("ethics 1", True)


def test_what_changed_meanwhile_is_left_out_and_named(cast: Cast, client_as: SignIn) -> None:
    kept, moved = (make_stage(cast, title=title).submit() for title in ("Tetap", "Berubah"))
    client = client_as("sari")
    look(client, kept, moved)
    ticked = value(moved)
    moved.edit("Lain sekali.").submit()
    said = approve(client, value(kept), ticked)
    assert "Isinya berubah sejak" in said
    assert kept.fresh().status == Post.Status.SCHEDULED
    assert moved.fresh().status == Post.Status.SUBMITTED
    # Nor with the digest of now, which this person never saw.
    approve(client, value(moved))
    assert why() == "not_opened"
    assert moved.fresh().status == Post.Status.SUBMITTED


def test_what_nobody_opened_is_not_approved_by_a_forged_tick(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast).submit()
    # Somebody else's look is nobody else's.
    factories.grant(cast.ratna, Role.APPROVER, cast.diskominfo)
    look(client_as("ratna"), stage)
    approve(client_as("sari"), value(stage))
    assert why() == "not_opened"
    for values in ([], ["x"], ["²:1"], [f"{'9' * 30}:{stage.digest}"], [f"{stage.post.pk}:"]):
        approve(client_as("sari"), *values)
    assert client_as("made").post(reverse("content:review_approve")).status_code == 302
    assert client_as("dwi").post(reverse("content:review_approve")).status_code == 403
    assert stage.fresh().status == Post.Status.SUBMITTED
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, cast.sari.pk, in_bulk=True)


def test_an_emergency_and_a_finding_without_a_reason_are_decided_on_by_themselves(
    cast: Cast, client_as: SignIn
) -> None:
    link = "https://samudrakota.example/hilang"
    urgent, found = emergency(cast).submit(), make_stage(cast, text=f"Baca {link}").submit()
    client = client_as("sari")
    look(client, urgent, found)
    LinkCheck.objects.filter(digest=digest_of_link(link)).update(state="dead")
    approve(client, value(urgent), value(found))
    assert why() == "by_itself"
    assert {urgent.fresh().status, found.fresh().status} == {Post.Status.SUBMITTED}
    actions.take_back_post(actor=cast.dwi, post_id=found.post.pk)
    with pytest.raises(REFUSED), transaction.atomic():
        decide(urgent, cast.sari.pk, in_bulk=True)


def test_only_who_may_decide_opens_and_only_what_it_says(cast: Cast) -> None:
    stage = make_stage(cast).submit()
    version = stage.fresh().current_version
    assert version is not None
    for fields in ({"person": cast.dwi}, {"person": cast.nur}, {"digest": "0" * 64}):
        wanted = {"version": version, "digest": version.digest, "person": cast.sari}
        with pytest.raises(REFUSED), transaction.atomic():
            OpenedVersion.objects.create(**(wanted | fields))
    actions.open_version(actor=cast.sari, version=version)
    with pytest.raises(REFUSED), transaction.atomic():
        OpenedVersion.objects.update(person=cast.made)
    with pytest.raises(REFUSED), transaction.atomic():
        OpenedVersion.objects.all().delete()


def test_an_approval_confirms_the_ethics_statements(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast).submit()
    client = client_as("sari")
    address = reverse("content:post_approve", args=[stage.post.pk])
    for wrong in ("", "2", "x"):
        answer = client.post(address, {"digest": stage.digest, "note": "Baik.", "confirmed": wrong})
        assert answer.status_code == 409
        assert "Baik." in answer.content.decode()
    look(client, stage)
    refused = client.post(reverse("content:review_approve"), {"chosen": value(stage)})
    assert refused.status_code == 422
    assert f'value="{value(stage)}"' in refused.content.decode()
    assert "checked" in refused.content.decode()
    for fields in ({"confirmed_list": "", "confirmed_version": None}, {"confirmed_list": "conduct"},
                   {"confirmed_version": 0}, {"confirmed_version": 99}):  # fmt: skip
        with pytest.raises(REFUSED), transaction.atomic():
            decide(stage, cast.sari.pk, **fields)
    assert stage.fresh().status == Post.Status.SUBMITTED
    with pytest.raises(ContentError, match="ethics"):
        actions.approve_post(actor=cast.sari, post_id=stage.post.pk, digest=stage.digest)
    stage.approve()
    shown = client.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    assert "delapan pernyataan etika (daftar edisi 1)" in shown
    assert ETHICS.version == 1


def test_who_only_asks_for_changes_ticks_nothing_and_the_queue_needs_few_queries(
    cast: Cast, client_as: SignIn
) -> None:
    for _number in range(12):
        make_stage(cast).submit()
    assert 'name="chosen"' not in client_as("made").get(reverse(LIST)).content.decode()
    client = client_as("sari")
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse(LIST))
    assert len(asked) <= 15
    assert answer.content.decode().count('name="chosen"') == 12


def test_each_approval_among_others_needs_no_more_queries_than_alone(cast: Cast) -> None:
    needed = []
    for number in (1, 4):
        stages = [make_stage(cast).submit() for _number in range(number)]
        for one in stages:
            version = one.fresh().current_version
            assert version is not None
            actions.open_version(actor=cast.sari, version=version)
        chosen = review_pages.chosen_of([value(one) for one in stages], cast.sari)
        with CaptureQueriesContext(connection) as queries:
            _done, refused = review_pages.approve_each(cast.sari, chosen, ETHICS.version)
        assert refused == []
        needed.append(len(queries) / number)
    assert max(needed) <= 31
