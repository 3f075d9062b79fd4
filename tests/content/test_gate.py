"""The gate, attacked from every side: actions, ORM, admin and raw SQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from content import actions
from content.checklist import ETHICS
from content.documents import digest_of
from content.errors import ContentError
from content.models import Decision, Post, PostVersion, Publication, Review
from govsocial.platforms.registry import new_key
from tests import factories
from tests.cast import Cast
from tests.content.stage import LONG_AGO, FakePlatform, Stage, document, later, make_stage

REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def publication_row(stage: Stage, **fields: object) -> Publication:
    version = stage.fresh().current_version
    assert version is not None
    values: dict[str, object] = {
        "post": stage.post,
        "version": version,
        "official_account": stage.account,
        "digest": version.digest,
        "key": new_key("bluesky", timezone.now()),
        "scheduled_for": timezone.now(),
    }
    return Publication(**(values | fields))


def sql(statement: str, *params: str | int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_approved_content_is_scheduled_and_goes_out(stage: Stage) -> None:
    stage.submit().approve()
    platform = FakePlatform()
    assert stage.send(platform).status == Publication.Status.PUBLISHED
    assert [post.text for post in platform.kept.values()] == ["Vaksin rabies gratis."]
    assert stage.fresh().status == Post.Status.LIVE


@pytest.mark.parametrize("status", ["scheduled", "sending", "published", "unconfirmed"])
def test_the_orm_cannot_create_a_publication_of_an_unapproved_post(
    stage: Stage, status: str
) -> None:
    stage.submit()
    with pytest.raises(REFUSED), transaction.atomic():
        publication_row(
            stage, status=status, published_at=timezone.now(), permalink="https://x.example/1"
        ).save()
    assert not Publication.objects.exists()


def test_raw_sql_cannot_insert_a_publication_of_an_unapproved_post(stage: Stage) -> None:
    version = stage.fresh().current_version
    assert version is not None
    with pytest.raises(REFUSED):
        sql(
            "INSERT INTO content_publication (post_id, version_id, official_account_id, digest,"
            " key, status, scheduled_for, platform_post_id, permalink, problem, checks,"
            " needs_person, created_at)"
            " VALUES (%s, %s, %s, %s, 'k', 'scheduled', now(), '', '', '', 0, false, now())",
            stage.post.pk,
            version.pk,
            stage.account.pk,
            version.digest,
        )
    assert not Publication.objects.exists()


@pytest.mark.parametrize("status", ["approved", "scheduled", "live"])
def test_raw_sql_cannot_call_a_post_approved(stage: Stage, status: str) -> None:
    stage.submit()
    with pytest.raises(REFUSED):
        sql("UPDATE content_post SET status = %s WHERE id = %s", status, stage.post.pk)
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_calling_the_review_approved_without_a_decision_opens_nothing(stage: Stage) -> None:
    stage.submit()
    sql("UPDATE content_review SET status = 'approved', closed_at = now()")
    with pytest.raises(REFUSED), transaction.atomic():
        publication_row(stage).save()


def test_a_version_changed_after_approval_is_not_sent(stage: Stage) -> None:
    stage.submit().approve()
    stage.edit("Vaksin rabies berbayar.")
    platform = FakePlatform()
    assert stage.send(platform).status == Publication.Status.CANCELLED
    assert platform.calls == 0
    assert stage.fresh().status == Post.Status.DRAFT
    with pytest.raises(REFUSED), transaction.atomic():
        publication_row(stage).save()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE content_postversion SET canonical = canonical || ' '",
        "DELETE FROM content_postversion",
    ],
)
def test_a_version_can_neither_be_changed_nor_deleted(stage: Stage, change: str) -> None:
    with pytest.raises(REFUSED):
        sql(change)


def test_a_version_whose_digest_is_not_of_its_content_cannot_be_stored(stage: Stage) -> None:
    canonical = document(stage.account, text="Lain.").canonical()
    with pytest.raises(IntegrityError), transaction.atomic():
        PostVersion.objects.create(
            post=stage.post,
            number=2,
            editor=stage.cast.dwi,
            title="x",
            canonical=canonical,
            digest=digest_of(canonical + " "),
        )


def test_going_back_to_an_older_approved_version_is_refused(stage: Stage) -> None:
    stage.submit().approve()
    approved = stage.fresh().current_version
    stage.edit("Teks baru.")
    with pytest.raises(REFUSED), transaction.atomic():
        Post.objects.filter(pk=stage.post.pk).update(current_version=approved)


def test_the_author_cannot_approve_with_the_role_of_an_approver(stage: Stage) -> None:
    factories.grant(stage.cast.dwi, Role.APPROVER, stage.cast.diskominfo)
    stage.submit()
    with pytest.raises(ContentError):
        stage.approve(by=stage.cast.dwi)
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, stage.cast.dwi.pk)


def test_whoever_edited_an_earlier_version_cannot_approve(stage: Stage) -> None:
    factories.grant(stage.cast.rina, Role.APPROVER, stage.cast.diskominfo)
    stage.edit("Dari Rina.", by=stage.cast.rina).edit("Dari Dwi.").submit()
    with pytest.raises(ContentError):
        stage.approve(by=stage.cast.rina)
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, stage.cast.rina.pk)


def decide(on: Stage, decider_id: int, **fields: object) -> Decision:
    values: dict[str, object] = {
        "review": Review.objects.get(status="open"),
        "version_digest": on.digest,
        "decider_id": decider_id,
        "verdict": "approve",
        "expires_at": later(days=1),
        "confirmed_list": "ethics",
        "confirmed_version": 1,
    }
    return Decision.objects.create(**(values | fields))


@pytest.mark.parametrize(
    "who", ["dwi", "rina", "made", "ratna", "bayu", "laila", "nur", "fajar", "inactive"]
)
def test_only_an_approver_of_the_unit_can_approve(stage: Stage, who: str) -> None:
    stage.submit()
    person = getattr(stage.cast, who)
    with pytest.raises((PermissionDenied, ContentError)):
        stage.approve(by=person)
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, person.pk)


def test_an_approver_of_the_posts_unit_cannot_approve_for_another_units_account(
    cast: Cast,
) -> None:
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    stage = make_stage(cast)
    elsewhere = factories.official_account(cast.dinkes)
    version = stage.fresh().current_version
    assert version is not None
    actions.edit_post(
        actor=cast.dwi,
        post_id=stage.post.pk,
        document=document(stage.account, elsewhere),
        based_on=version.number,
    )
    stage.submit()
    with pytest.raises(PermissionDenied):
        stage.approve()
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, cast.sari.pk)


def test_a_decision_on_another_digest_is_refused(stage: Stage) -> None:
    stage.submit()
    with pytest.raises(ContentError):
        actions.approve_post(
            actor=stage.cast.sari, post_id=stage.post.pk, digest="0" * 64, confirmed=ETHICS.version
        )
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, stage.cast.sari.pk, version_digest="0" * 64)


def test_an_expired_approval_does_not_open_the_gate(stage: Stage) -> None:
    stage.submit()
    decide(stage, stage.cast.sari.pk, expires_at=LONG_AGO)
    Review.objects.update(status="approved", closed_at=timezone.now())
    with pytest.raises(REFUSED), transaction.atomic():
        publication_row(stage).save()


@pytest.mark.parametrize(
    "change",
    ["UPDATE content_decision SET verdict = 'reject', note = 'x'", "DELETE FROM content_decision"],
)
def test_a_decision_is_never_changed_or_deleted(stage: Stage, change: str) -> None:
    stage.submit().approve()
    with pytest.raises(REFUSED):
        sql(change)


@pytest.mark.parametrize("field", ["digest", "version_id", "official_account_id", "key"])
def test_a_publication_stays_what_was_approved(stage: Stage, field: str) -> None:
    stage.submit().approve()
    values = {"digest": "'" + "0" * 64 + "'", "key": "'other'"}
    with pytest.raises(REFUSED):
        sql(f"UPDATE content_publication SET {field} = {values.get(field, '0')}")


def test_a_publication_for_an_account_that_was_not_approved_is_refused(stage: Stage) -> None:
    stage.submit().approve()
    other = factories.official_account(stage.cast.diskominfo)
    with pytest.raises(REFUSED), transaction.atomic():
        publication_row(stage, official_account=other).save()


@pytest.mark.parametrize("model", ["post", "postversion", "review", "decision", "publication"])
def test_the_admin_is_a_window_and_not_a_door(
    stage: Stage, client_as: Callable[[str], Client], model: str
) -> None:
    stage.submit().approve()
    admin = client_as("bayu")
    listed = admin.get(reverse(f"admin:content_{model}_changelist"))
    assert listed.status_code == 200
    assert admin.get(reverse(f"admin:content_{model}_add")).status_code == 403
    row = {
        "post": Post,
        "postversion": PostVersion,
        "review": Review,
        "decision": Decision,
        "publication": Publication,
    }[model]._default_manager.latest("pk")
    change = reverse(f"admin:content_{model}_change", args=[row.pk])
    assert admin.post(change, {"status": "published"}).status_code == 403
    delete = reverse(f"admin:content_{model}_delete", args=[row.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        "handle = 'lain.example'",
        "host = 'lain.example'",
        "unit_id = (SELECT id FROM accounts_unit WHERE name = 'Dinas Kesehatan')",
    ],
)
def test_an_account_that_became_another_one_was_not_approved(stage: Stage, change: str) -> None:
    stage.submit().approve()
    sql(f"UPDATE accounts_officialaccount SET {change} WHERE id = {stage.account.pk}")
    platform = FakePlatform()
    assert stage.send(platform).status == Publication.Status.FAILED
    assert platform.calls == 0


def test_a_version_for_an_account_that_was_renamed_is_not_submitted(stage: Stage) -> None:
    sql(f"UPDATE accounts_officialaccount SET handle = 'lain' WHERE id = {stage.account.pk}")
    with pytest.raises(ContentError):
        stage.submit()
    assert stage.edit("Ditulis lagi.").submit().fresh().status == Post.Status.SUBMITTED


@pytest.mark.parametrize("fields", [{"stage": 0}, {"expires_at": later(days=400)}])
def test_a_decision_outside_of_every_policy_is_refused(
    stage: Stage, fields: dict[str, object]
) -> None:
    stage.submit()
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, stage.cast.sari.pk, **fields)


@pytest.mark.parametrize("field", ["permalink", "platform_post_id", "published_at"])
def test_what_was_published_is_kept_as_it_was(stage: Stage, field: str) -> None:
    stage.submit().approve()
    stage.send(FakePlatform())
    value = "now()" if field == "published_at" else "'https://lain.example/1'"
    with pytest.raises(REFUSED):
        sql(f"UPDATE content_publication SET {field} = {value}")


def test_a_post_is_not_live_without_a_publication(stage: Stage) -> None:
    stage.submit().approve()
    with pytest.raises(REFUSED):
        sql("UPDATE content_post SET status = 'live'")


@pytest.mark.parametrize("number", [0, 1, 3, 99])
def test_versions_count_up_without_a_gap(stage: Stage, number: int) -> None:
    canonical = document(stage.account, text="Lain.").canonical()
    with pytest.raises(REFUSED), transaction.atomic():
        PostVersion.objects.create(
            post=stage.post,
            number=number,
            editor=stage.cast.dwi,
            title="x",
            canonical=canonical,
            digest=digest_of(canonical),
        )


def test_an_account_renamed_while_a_post_waits_is_said_to_who_decides(stage: Stage) -> None:
    stage.submit()
    sql(f"UPDATE accounts_officialaccount SET handle = 'lain' WHERE id = {stage.account.pk}")
    with pytest.raises(ContentError):
        stage.approve()
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_the_publication_says_that_the_account_was_changed(stage: Stage) -> None:
    stage.submit().approve()
    sql(f"UPDATE accounts_officialaccount SET handle = 'lain' WHERE id = {stage.account.pk}")
    assert "changed after the approval" in stage.send(FakePlatform()).problem
