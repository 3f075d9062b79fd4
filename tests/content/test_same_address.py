"""One address is the post of one publication, also when people say where a post is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from content import actions
from content.errors import ContentError
from content.models import Publication
from govsocial.audit.models import Entry
from govsocial.platforms.errors import UnknownOutcome
from tests.cast import Cast, the_cast
from tests.content.stage import FakePlatform, Stage, address, make_stage
from tests.content.test_taken_posts import twin_of
from tests.content.test_time_and_races import at_once
from tests.triggers import migrating


def lost(stage: Stage) -> Stage:
    publication = stage.send(FakePlatform(lost_answers=[UnknownOutcome("No answer.")]))
    assert publication.status == Publication.Status.UNCONFIRMED
    return stage


def twins(cast: Cast) -> tuple[Publication, Publication]:
    """Two unconfirmed publications with the same words on one account."""
    first = lost(make_stage(cast).submit().approve())
    one = first.publication
    return one, lost(twin_of(first)).publication


def link_of(publication: Publication) -> str:
    return address(publication.official_account)


def settle(cast: Cast, publication: Publication, link: str = "") -> Publication:
    return actions.settle_publication(
        actor=cast.sari,
        publication_id=publication.pk,
        is_live=True,
        permalink=link or link_of(publication),
        reason="Terlihat.",
    )


def test_a_person_cannot_settle_two_publications_as_one_post(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    one, two = twins(cast)
    settle(cast, one)
    link = link_of(one)
    told = {"is_live": "yes", "reason": "Terlihat.", "permalink": link}
    page = reverse("content:publication_settle", args=[two.pk])
    answer = client_as("sari").post(page, told)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "id_permalink_error" in shown
    assert link in shown, "what was typed is kept"
    two.refresh_from_db()
    assert (two.status, two.permalink) == (Publication.Status.UNCONFIRMED, "")
    assert Entry.objects.filter(event="content.publication.settled").count() == 1
    assert settle(cast, two, link_of(two) + "1").status == Publication.Status.PUBLISHED


def test_what_the_platform_calls_a_settled_post_is_not_another_one(cast: Cast) -> None:
    one, two = twins(cast)
    platform = FakePlatform(handle=one.official_account.handle)
    settle(cast, one, address(one.official_account, two.key))
    platform.kept[two.key] = None  # type: ignore[assignment]  # only that it is there counts
    stage = Stage(cast, two.official_account, two.post)
    publication = stage.confirm(platform)
    assert publication.status == Publication.Status.UNCONFIRMED
    assert "another publication" in publication.problem


def test_the_database_takes_an_address_for_one_publication_only(cast: Cast) -> None:
    one, two = twins(cast)
    settle(cast, one)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=two.pk).update(permalink=link_of(one))
    other = lost(make_stage(cast).submit().approve())
    settled = settle(cast, other.publication)
    assert settled.permalink == link_of(settled), "on another account"


@pytest.mark.django_db(transaction=True)
def test_two_people_who_settle_twins_at_once_do_not_both_get_the_address() -> None:
    cast = the_cast()
    one, two = twins(cast)
    ends = at_once(lambda: settle(cast, one), lambda: settle(cast, two))
    refused = [end for end in ends if isinstance(end, ContentError)]
    assert len(refused) == 1
    assert refused[0].field == "permalink"
    assert Publication.objects.filter(permalink=link_of(one)).count() == 1


def test_the_migration_leaves_a_doubled_address_with_the_first(cast: Cast) -> None:
    one, two = twins(cast)
    settle(cast, one)
    settle(cast, two, link_of(two) + "1")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX publication_address_once")
        cursor.execute("ALTER TABLE content_publication DISABLE TRIGGER USER")
        cursor.execute("UPDATE content_publication SET permalink = %s", [link_of(one)])
        cursor.execute("ALTER TABLE content_publication ENABLE TRIGGER USER")
    loader = MigrationExecutor(connection).loader
    (operation,) = loader.get_migration("content", "0010_one_publication_an_address").operations
    assert isinstance(operation, RunPython)
    with migrating(), connection.schema_editor() as editor:
        operation.code(loader.project_state().apps, editor)
    kept = Publication.objects.order_by("pk").values_list("permalink", flat=True)
    assert list(kept) == [link_of(one), f"{link_of(one)}#{two.key}"]
    two.refresh_from_db()
    assert "another publication" in two.problem
