"""A freeze stops what is scheduled at once, and an approver lets each of it go again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.capabilities import Role
from accounts.models import User
from content import actions
from content.errors import ContentError
from content.models import Freeze, Halt, Publication
from content.post_history import history_of_post
from content.surroundings import findings_of
from govsocial.audit.models import Entry
from govsocial.platforms.errors import RateLimited, UnknownOutcome
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.stage import (
    FakePlatform,
    Stage,
    connected_account,
    document,
    later,
    make_stage,
)
from tests.content.test_emergencies import emergency
from tests.content.test_time_and_races import at_once
from tests.gathering import each

REFUSED = (IntegrityError, InternalError)
STATUS = Publication.Status


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast, planned_at=later(hours=1)).submit().approve()


def freeze(cast: Cast, **changes: Any) -> Freeze:
    wanted: dict[str, Any] = {
        "actor": cast.sari, "unit_id": cast.diskominfo.pk, "kind": "mourning",
        "reason": "Hari berkabung",
    }  # fmt: skip
    return actions.begin_freeze(**(wanted | changes))


def lift(cast: Cast) -> None:
    row = Freeze.objects.get(lifted_at=None)
    actions.lift_freeze(actor=cast.sari, freeze_id=row.pk, reason="Selesai")


def release(stage: Stage, by: User | None = None) -> Publication:
    person, publication = by or stage.cast.sari, stage.publication
    actions.open_frozen(actor=person, publication_id=publication.pk)
    return actions.release_publication(actor=person, publication_id=publication.pk)


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_freeze_stops_what_is_scheduled_and_tells_each_post(stage: Stage) -> None:
    freeze(stage.cast)
    platform = FakePlatform()
    assert stage.send(platform).status == STATUS.FROZEN
    assert platform.calls == 0
    told = Entry.objects.filter(event="content.publication.frozen").get()
    assert told.data == {"account": str(stage.account), "reason": "Hari berkabung"}
    assert Entry.objects.get(event="content.freeze.begun").data["stopped"] == 1


def test_nothing_goes_by_itself_when_the_freeze_is_lifted(stage: Stage) -> None:
    freeze(stage.cast)
    lift(stage.cast)
    assert stage.publication.status == STATUS.FROZEN
    for status in ("scheduled", "sending"):
        with pytest.raises(REFUSED):
            sql(f"UPDATE content_publication SET status = '{status}'")
    assert actions.claim_due_publications() == []


def test_an_approver_lets_a_publication_go_again_after_the_freeze(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    freeze(cast)
    with pytest.raises(ContentError, match="not been lifted"):
        release(stage)
    lift(cast)
    assert release(stage).status == STATUS.SCHEDULED
    assert stage.send(FakePlatform()).status == STATUS.PUBLISHED
    assert Halt.objects.get().released_by == cast.sari


@each("who", ["dwi", "made", "ratna", "bayu", "laila", "nur"])
def test_only_an_approver_who_did_not_write_it_lets_it_go(cast: Cast, who: str) -> None:
    if not Halt.objects.exists():
        make_stage(cast).submit().approve()
        factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
        freeze(cast)
        lift(cast)
    person = getattr(cast, who)
    publication = Publication.objects.get()
    with pytest.raises((PermissionDenied, ContentError)):
        actions.release_publication(actor=person, publication_id=publication.pk)
    with pytest.raises(REFUSED), transaction.atomic():
        Halt.objects.update(released_by=person, released_at=timezone.now())


def test_what_is_approved_during_a_freeze_waits_frozen_and_its_history_says_so(cast: Cast) -> None:
    stage = make_stage(cast).submit()
    freeze(cast)
    stage.approve(note="Setelah masa berkabung.")
    assert stage.publication.status == STATUS.FROZEN
    assert stage.fresh().status == "scheduled"
    held = Entry.objects.get(event="content.publication.held")
    assert held.data == {"account": str(stage.account)}
    with translation.override("en"):
        told = [one.sentence for one in history_of_post(stage.post).lines]
    assert any("A freeze holds" in one and stage.account.handle in one for one in told)


def test_an_emergency_goes_out_during_a_freeze_unless_it_says_otherwise(cast: Cast) -> None:
    freeze(cast, kind="disaster")
    stage = emergency(cast).submit().approve()
    assert stage.send(FakePlatform()).status == STATUS.PUBLISHED
    lift(cast)
    freeze(cast, spares_emergencies=False)
    stopped = emergency(cast)
    with pytest.raises(ContentError, match="publications are frozen"):
        stopped.submit()
    justify(stopped)
    assert stopped.submit().approve().publication.status == STATUS.FROZEN


def justify(stage: Stage) -> None:
    """Say of everything that is found in it why it may stand."""
    version = stage.fresh().current_version
    assert version is not None
    content = version.content()
    why = {one.key: "Perintah wali kota." for one in findings_of(content, stage.post.unit)}
    actions.edit_post(
        actor=version.editor,
        post_id=stage.post.pk,
        document=replace(content, justified=why),
        based_on=version.number,
    )


def test_a_freeze_covers_units_below_and_no_others(cast: Cast) -> None:
    ours = make_stage(cast).submit().approve()
    theirs = factories.official_account(cast.dinkes)
    factories.grant(cast.sari, Role.APPROVER, cast.city)
    freeze(cast, unit_id=cast.dinkes.pk)
    assert ours.publication.status == STATUS.SCHEDULED
    assert theirs.status == "active"
    freeze(cast, unit_id=cast.city.pk)
    assert ours.publication.status == STATUS.FROZEN


def test_a_freeze_of_one_account_leaves_the_others(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    other = factories.official_account(cast.diskominfo)
    freeze(cast, official_account_id=other.pk)
    assert stage.publication.status == STATUS.SCHEDULED
    freeze(cast, official_account_id=stage.account.pk)
    assert stage.publication.status == STATUS.FROZEN


def test_what_was_tried_and_waits_again_is_frozen(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()

    class Freezing(FakePlatform):
        def publish(self, post: Any) -> Any:
            freeze(cast)
            raise RateLimited("Too many requests", retry_after=30)

    assert stage.send(Freezing()).status == STATUS.FROZEN
    lift(cast)
    assert release(stage).status == STATUS.SCHEDULED


def test_what_is_found_not_to_be_out_is_frozen(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    platform = FakePlatform(failures=[UnknownOutcome("timeout")])
    assert stage.send(platform).status == STATUS.UNCONFIRMED
    freeze(cast)
    assert stage.confirm(FakePlatform()).status == STATUS.FROZEN


def test_what_failed_is_not_tried_again_during_a_freeze(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    Publication.objects.update(status="failed")
    freeze(cast)
    with pytest.raises(ContentError, match="frozen"):
        actions.retry_publication(actor=cast.sari, publication_id=stage.publication.pk)
    with pytest.raises(REFUSED):
        sql("UPDATE content_publication SET status = 'scheduled'")


def test_a_frozen_publication_is_called_back_by_an_edit_or_a_person(stage: Stage) -> None:
    freeze(stage.cast)
    actions.cancel_publication(
        actor=stage.cast.sari, publication_id=stage.publication.pk, reason="Tidak pantas lagi"
    )
    assert stage.publication.status == STATUS.CANCELLED


def test_an_approval_that_ended_meanwhile_lets_nothing_go(stage: Stage) -> None:
    freeze(stage.cast)
    lift(stage.cast)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_decision DISABLE TRIGGER USER")
        cursor.execute("UPDATE content_decision SET expires_at = now() - interval '1 second'")
        cursor.execute("ALTER TABLE content_decision ENABLE TRIGGER USER")
    with pytest.raises(ContentError, match="no longer counts"):
        release(stage)
    assert Halt.objects.get().released_at is None


@each("who", ["dwi", "made", "ratna", "bayu", "laila", "nur"])
def test_only_who_may_freeze_begins_and_lifts(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        freeze(cast, actor=person)
    row = Freeze.objects.first() or freeze(cast)
    with pytest.raises(PermissionDenied):
        actions.lift_freeze(actor=person, freeze_id=row.pk, reason="x")


def test_a_freeze_says_why_and_stands_once(cast: Cast) -> None:
    with pytest.raises(ContentError, match="Give a reason"):
        freeze(cast, reason=" ")
    theirs = factories.official_account(cast.dinkes)
    with pytest.raises(ContentError, match="does not belong"):
        freeze(cast, official_account_id=theirs.pk)
    freeze(cast)
    with pytest.raises(ContentError, match="frozen already"):
        freeze(cast)
    row = Freeze.objects.get()
    with pytest.raises(ContentError, match="Give a reason"):
        actions.lift_freeze(actor=cast.sari, freeze_id=row.pk, reason="")
    lift(cast)
    with pytest.raises(ContentError, match="lifted this freeze meanwhile"):
        actions.lift_freeze(actor=cast.sari, freeze_id=row.pk, reason="x")


@each(
    "statement",
    [
        "UPDATE content_freeze SET reason = 'x'",
        "UPDATE content_freeze SET begun_at = now()",
        "DELETE FROM content_freeze",
        "UPDATE content_freeze SET lifted_at = now()",
        "UPDATE content_halt SET released_at = now()",
        "DELETE FROM content_halt",
        "UPDATE content_halt SET publication_id = publication_id + 1",
    ],
)
def test_freezes_and_halts_are_not_rewritten(cast: Cast, statement: str) -> None:
    if not Freeze.objects.exists():
        make_stage(cast).submit().approve()
        freeze(cast)
    with pytest.raises(REFUSED):
        sql(statement)


def test_a_lifted_freeze_does_not_begin_again(cast: Cast) -> None:
    freeze(cast)
    lift(cast)
    with pytest.raises(REFUSED):
        sql("UPDATE content_freeze SET lifted_at = NULL, lifted_by_id = NULL, lift_reason = ''")


def test_a_freeze_written_by_raw_sql_stops_as_well(stage: Stage) -> None:
    sql(
        "INSERT INTO content_freeze (unit_id, kind, reason, spares_emergencies, begun_by_id,"
        f" begun_at, lift_reason) VALUES ({stage.cast.diskominfo.pk}, 'other', 'x', true,"
        f" {stage.cast.sari.pk}, now(), '')"
    )
    assert stage.publication.status == STATUS.FROZEN


@each("who", ["dwi", "made", "bayu", "nur", "inactive"])
def test_the_database_lets_nobody_freeze_or_lift_without_the_right(cast: Cast, who: str) -> None:
    person, words = getattr(cast, who), "no right to freeze"
    if not Freeze.objects.exists():
        freeze(cast)
    with pytest.raises(REFUSED, match=words), transaction.atomic():
        Freeze.objects.update(lifted_by=person, lifted_at=timezone.now(), lift_reason="x")
    with pytest.raises(REFUSED, match=words), transaction.atomic():
        Freeze.objects.create(unit=cast.city, kind="other", reason="x", begun_by=person)
    assert Freeze.objects.get().lifted_at is None


def test_a_freeze_tells_many_that_stopped_in_as_many_queries_as_few(cast: Cast) -> None:
    def queries(number: int) -> int:
        for _ in range(number):
            make_stage(cast).submit().approve()
        with CaptureQueriesContext(connection) as asked:
            freeze(cast)
        lift(cast)
        return len(asked)

    assert queries(1) == queries(4)
    assert Entry.objects.filter(event="content.publication.frozen").count() == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_freezes_at_once_each_tells_what_it_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = the_cast()
    ours = make_stage(cast).submit().approve()
    account = connected_account(cast.dinkes)
    post = actions.create_post(actor=cast.fajar, unit_id=cast.dinkes.pk, document=document(account))
    theirs = Stage(cast, account, post).submit().approve(by=cast.nur)
    create = Freeze.objects.create

    def beside_another(**fields: Any) -> Freeze:
        monkeypatch.setattr(Freeze.objects, "create", create)
        at_once(lambda: freeze(cast, actor=cast.nur, unit_id=cast.dinkes.pk))
        return create(**fields)

    monkeypatch.setattr(Freeze.objects, "create", beside_another)
    freeze(cast)
    begun = Entry.objects.filter(event="content.freeze.begun").order_by("pk")
    assert [one.data["stopped"] for one in begun] == [1, 1]
    told = Entry.objects.filter(event="content.publication.frozen").order_by("pk")
    assert [(one.target_id, one.actor_id) for one in told] == [
        (str(theirs.post.pk), cast.nur.pk),
        (str(ours.post.pk), cast.sari.pk),
    ]
