"""What a platform gave on the way is kept before it is used, and given to whoever goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.sealing import CannotOpen
from content import actions
from content.handles import handles_of
from content.models import Attempt, Publication
from govsocial.audit.models import Entry
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import NotReached, PlatformError, UnknownOutcome
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.triggers import migrating


@dataclass
class WithContainers(FakePlatform):
    """Makes a container first, and remembers which handles it was shown."""

    shown: list[Mapping[str, str]] = field(default_factory=list)
    fails_after_container: list[PlatformError] = field(default_factory=list)

    def publish(self, post: OutgoingPost) -> PublishedPost:
        self.shown.append(dict(post.handles))
        if "container" not in post.handles:
            post.keep({"container": "17900"})
        if self.fails_after_container:
            raise self.fails_after_container.pop(0)
        return super().publish(post)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        self.shown.append(dict(post.handles))
        return super().find(post)


@pytest.fixture
def approved(cast: Cast) -> Stage:
    return make_stage(cast).submit().approve()


def test_a_second_attempt_goes_on_with_what_the_first_was_given(approved: Stage) -> None:
    platform = WithContainers(fails_after_container=[NotReached("No connection.")])
    approved.send(platform)
    Publication.objects.update(not_before=None)
    assert approved.send(platform).status == Publication.Status.PUBLISHED
    assert platform.shown == [{}, {"container": "17900"}]


def test_looking_for_a_lost_post_knows_its_container(approved: Stage) -> None:
    platform = WithContainers(lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    assert approved.confirm(platform).status == Publication.Status.PUBLISHED
    assert platform.shown == [{}, {"container": "17900"}]


def test_later_words_on_a_handle_replace_earlier_ones_and_others_stay(approved: Stage) -> None:
    class Twice(FakePlatform):
        def publish(self, post: OutgoingPost) -> PublishedPost:
            post.keep({"upload": "1", "container": "a"})
            post.keep({"container": "b"})
            return super().publish(post)

    approved.send(Twice(lost_answers=[UnknownOutcome("No answer.")]))
    assert handles_of(approved.publication) == {"upload": "1", "container": "b"}


def test_an_attempt_that_was_given_up_keeps_nothing_and_sends_nothing(approved: Stage) -> None:
    class Late(FakePlatform):
        def publish(self, post: OutgoingPost) -> PublishedPost:
            Attempt.objects.update(deadline_at=timezone.now())
            actions.find_lost_attempts(actor=User.objects.system())
            post.keep({"container": "17900"})
            return super().publish(post)

    platform = Late()
    publication = approved.send(platform)
    assert publication.status == Publication.Status.UNCONFIRMED
    assert platform.calls == 0
    assert handles_of(publication) == {}


def at_rest() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM content_publication p")
        return " ".join(str(row) for (row,) in cursor.fetchall())


def test_handles_are_sealed_for_their_publication_alone(approved: Stage) -> None:
    approved.send(WithContainers(lost_answers=[UnknownOutcome("No answer.")]))
    one = approved.publication
    assert one.sealed
    assert "17900" not in at_rest()
    other = make_stage(approved.cast).submit().approve().publication
    Publication.objects.filter(pk=other.pk).update(sealed=one.sealed, key_version=1)
    with pytest.raises(CannotOpen):
        handles_of(Publication.objects.get(pk=other.pk))


def test_whose_handles_do_not_open_is_not_sent(approved: Stage) -> None:
    Publication.objects.update(sealed="nothing that opens", key_version=1)
    platform = FakePlatform()
    publication = approved.send(platform)
    assert publication.status == Publication.Status.FAILED
    assert "cannot be opened" in publication.problem
    assert platform.calls == 0


@pytest.mark.parametrize("end", ["published", "cancelled"])
def test_handles_end_with_the_publication(approved: Stage, end: str) -> None:
    approved.send(WithContainers(fails_after_container=[NotReached("No connection.")]))
    assert approved.publication.sealed
    Publication.objects.update(not_before=None)
    if end == "published":
        approved.send(WithContainers())
    else:
        actions.cancel_publication(
            actor=approved.cast.sari, publication_id=approved.publication.pk, reason="Batal."
        )
    assert (approved.publication.status, approved.publication.sealed) == (end, "")
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE content_publication SET sealed = 'a1.x'")


def test_rotating_the_keys_seals_handles_anew(
    approved: Stage, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    approved.send(WithContainers(lost_answers=[UnknownOutcome("No answer.")]))
    newest = max(settings.CREDENTIAL_KEYS) + 1
    key = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = {**settings.CREDENTIAL_KEYS, newest: key}
    call_command("rotate_keys")
    assert "1 publications encrypted anew." in capsys.readouterr().out
    settings.CREDENTIAL_KEYS = {newest: key}
    assert handles_of(approved.publication) == {"container": "17900"}
    assert Entry.objects.get(event="accounts.keys.rotated").data["publications"] == 1


def test_the_migration_seals_what_lay_in_the_clear_and_back(approved: Stage) -> None:
    approved.send(WithContainers(lost_answers=[UnknownOutcome("No answer.")]))
    loader = MigrationExecutor(connection).loader
    (operation,) = loader.get_migration("content", "0008_seal_handles").operations
    assert isinstance(operation, RunPython)
    assert operation.reverse_code is not None
    before = loader.project_state(("content", "0008_seal_handles")).apps
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_attempt ADD COLUMN handles jsonb NOT NULL DEFAULT '{}'")
    with migrating(), connection.schema_editor() as editor:
        operation.reverse_code(before, editor)
    assert before.get_model("content", "Attempt").objects.get().handles == {"container": "17900"}
    assert approved.publication.sealed == ""
    with migrating(), connection.schema_editor() as editor:
        operation.code(before, editor)
    assert handles_of(approved.publication) == {"container": "17900"}
