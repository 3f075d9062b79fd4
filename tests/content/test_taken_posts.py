"""One post on a platform is the post of one publication, whatever a client takes it for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from content import actions
from content.models import Attempt, Publication
from govsocial.audit.models import Entry
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import UnknownOutcome
from tests.cast import Cast, the_cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_time_and_races import at_once
from tests.triggers import migrating

THE_POST = PublishedPost(platform_id="17900", permalink="https://bsky.app/profile/kota/post/17900")


@dataclass
class ByWords(FakePlatform):
    """Knows no key: whatever has the words is the post, unless it is told that it is another's."""

    shown: list[Collection[str]] = field(default_factory=list)
    heeds: bool = True

    def publish(self, post: OutgoingPost) -> PublishedPost:
        self.shown.append(post.taken)
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return THE_POST

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        self.shown.append(post.taken)
        return None if self.heeds and THE_POST.platform_id in post.taken else THE_POST


def twin_of(first: Stage) -> Stage:
    """A second post with the same words for the same account."""
    version = first.fresh().current_version
    assert version is not None
    post = actions.create_post(
        actor=first.cast.dwi, unit_id=first.cast.diskominfo.pk, document=version.content()
    )
    return Stage(first.cast, first.account, post).justify().submit().approve(note="Sengaja.")


def send(publication: Publication, platform: FakePlatform) -> Publication:
    return actions.send_publication(
        publication_id=publication.pk, actor=User.objects.system(), client=platform
    )


@pytest.fixture
def first(cast: Cast) -> Stage:
    return make_stage(cast).submit().approve()


@pytest.fixture
def second(first: Stage) -> Stage:
    assert first.send(ByWords()).status == Publication.Status.PUBLISHED
    return twin_of(first)


def errors() -> list[str]:
    trail = Entry.objects.filter(event="content.publication.unconfirmed").order_by("pk")
    return [entry.data["error"] for entry in trail]


def test_a_sender_and_a_look_know_other_publications_posts(second: Stage) -> None:
    platform = ByWords(lost_answers=[UnknownOutcome("No answer.")])
    second.send(platform)
    assert second.confirm(platform).status == Publication.Status.SCHEDULED
    assert platform.shown == [{THE_POST.platform_id}] * 2


def test_what_a_sender_calls_its_own_is_looked_for_when_it_is_anothers(second: Stage) -> None:
    publication = second.send(ByWords())
    assert publication.status == Publication.Status.UNCONFIRMED
    assert "another publication" in publication.problem
    attempt = Attempt.objects.latest("pk")
    assert (attempt.outcome, attempt.error) == (Attempt.Outcome.UNKNOWN, "AnothersPost")
    assert errors() == ["AnothersPost"]
    assert second.confirm(ByWords()).status == Publication.Status.SCHEDULED
    assert second.publication.platform_post_id == ""


def test_a_look_that_finds_anothers_post_asks_again_and_then_a_person(second: Stage) -> None:
    stubborn = ByWords(heeds=False)
    second.send(stubborn)
    for checks in range(1, 11):
        publication = second.confirm(stubborn)
        assert publication.status == Publication.Status.UNCONFIRMED
        assert publication.needs_person == (checks == 10)
    assert errors() == ["AnothersPost"] * 11
    assert not Entry.objects.filter(event="content.publication.confirmed").exists()


def test_the_database_takes_a_post_for_one_publication_only(second: Stage) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=second.publication.pk).update(
            platform_post_id=THE_POST.platform_id
        )
    other = make_stage(second.cast).submit().approve()
    assert other.send(ByWords()).status == Publication.Status.PUBLISHED, "on another account"


@pytest.mark.django_db(transaction=True)
def test_two_senders_that_call_the_same_post_their_own_at_once_do_not_both_get_it() -> None:
    first = make_stage(the_cast()).submit().approve()
    one = first.publication
    two = twin_of(first).publication
    platform = ByWords()
    results = at_once(lambda: send(one, platform), lambda: send(two, platform))
    assert all(isinstance(result, Publication) for result in results)
    states = sorted(Publication.objects.values_list("status", flat=True))
    assert states == [Publication.Status.PUBLISHED, Publication.Status.UNCONFIRMED]


def test_the_migration_leaves_a_doubled_id_with_the_first(second: Stage) -> None:
    platform = FakePlatform()
    second.send(platform)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX publication_platform_post_once")
        cursor.execute("ALTER TABLE content_publication DISABLE TRIGGER USER")
        cursor.execute("UPDATE content_publication SET platform_post_id = '17900'")
        cursor.execute("ALTER TABLE content_publication ENABLE TRIGGER USER")
    loader = MigrationExecutor(connection).loader
    (operation,) = loader.get_migration("content", "0006_one_publication_a_post").operations
    assert isinstance(operation, RunPython)
    with migrating(), connection.schema_editor() as editor:
        operation.code(loader.project_state().apps, editor)
    kept = Publication.objects.order_by("pk").values_list("platform_post_id", "status")
    assert list(kept) == [("17900", "published"), ("", "published")]
