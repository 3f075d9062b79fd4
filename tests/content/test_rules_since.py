"""A rule of who wrote what is asked of decisions that were made since it held, and of no earlier
one; and migrations that bring it, backwards and over rows of before."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from typing import Any

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.migrations import RunSQL

from accounts.capabilities import Role
from content import actions, gate
from content.models import IdeaEdition, IdeaPost, MediaAlt, Publication, WritingRule
from content.selectors import posts as selectors
from tests import factories
from tests.cast import Cast
from tests.content.media_stage import say, upload
from tests.content.plans import idea
from tests.content.stage import FakePlatform, later, make_stage
from tests.content.test_begun_with import REFUSED, from_idea, refused_to
from tests.content.test_proof import unproven
from tests.content.test_shown_by_whom import showing
from tests.triggers import migrating, without_trigger


def migration(name: str) -> Any:
    return import_module(f"content.migrations.{name}")


BROUGHT = migration("0047_who_wrote_what_it_began_with")
LIBRARY = migration("0053_who_described_what_is_shown")


def holds_since(at: datetime) -> None:
    with without_trigger("content.WritingRule:written_by_migrations"):
        WritingRule.objects.update_or_create(name="idea", defaults={"since": at})


@contextmanager
def as_if_never_kept(model: str) -> Iterator[None]:
    with migrating(), pgtrigger.ignore(f"{model}:append_only", f"{model}:counts_up"):
        yield


@contextmanager
def before_the_rule() -> Iterator[None]:
    """As the release before asked who wrote what."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('content_wrote(bigint, bigint)'::regprocedure)")
        (present,) = cursor.fetchone()
        cursor.execute(migration("0036_who_wrote_a_copy").WROTE)
        yield
        cursor.execute(present)


def test_what_was_approved_before_a_rule_held_goes_out_and_is_borne_out(cast: Cast) -> None:
    holds_since(later(minutes=1))
    with before_the_rule():
        out, waiting, failing = (
            from_idea(cast, idea(cast, by=cast.sari, note="Kata-kata Sari.")).edit("Kata.").submit()
            for _ in range(3)
        )
        published = out.approve().send(FakePlatform())
        waiting.approve()
        failing.approve()
    assert published.status == Publication.Status.PUBLISHED
    held = waiting.post.publications.get()
    sent = actions.send_publication(publication_id=held.pk, actor=cast.dwi, client=FakePlatform())
    assert sent.status == Publication.Status.PUBLISHED
    assert unproven() == []
    # Whoever decides now is asked all the same.
    refused_to(cast.sari, from_idea(cast, idea(cast, by=cast.sari, note="X")).edit("Y").submit())

    holds_since(later(minutes=-1))
    assert unproven() == ["publication published"] * 2
    stopped = failing.send(FakePlatform())
    assert (stopped.status, failing.fresh().display_status) == ("failed", "failed")
    assert stopped.problem == "The approval has expired or no longer counts."
    assert list(selectors.publications_in_trouble(cast.sari)) == [stopped], "home counts it"


def test_no_rule_is_moved_or_dropped(cast: Cast) -> None:
    holds_since(later(minutes=-1))
    for change in (
        lambda: WritingRule.objects.update(since=later(days=1)),
        lambda: WritingRule.objects.all().delete(),
        lambda: WritingRule.objects.create(name="x", since=later(days=1)),
    ):
        with pytest.raises(REFUSED), transaction.atomic():
            change()


def test_the_gate_stands_when_the_migrations_are_taken_back(cast: Cast) -> None:
    stage = make_stage(cast).submit()
    steps = [*BROUGHT.Migration.operations, *LIBRARY.Migration.operations]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for step in reversed(steps):
            # Data goes with the tables.
            if isinstance(step, RunSQL) and step.reverse_sql and "FUNCTION" in str(step.sql):
                cursor.execute(str(step.reverse_sql))
        cursor.execute("SELECT to_regproc('content_wrote_how')")
        assert cursor.fetchone() == (None,)
    assert stage.approve().publication.status == Publication.Status.SCHEDULED


def test_who_changed_which_edition_is_found_in_the_trail(cast: Cast) -> None:
    kept = idea(cast, by=cast.rina)
    for edition, (who, said) in enumerate(
        [(cast.made, {"note": "Kata Made."}), (cast.ratna, {"source": "event"})], start=1
    ):
        actions.change_idea(
            actor=who, idea_id=kept.pk, edition=edition, values={"title": kept.title, **said}
        )
    post = actions.write_from_idea(actor=cast.dwi, idea_id=kept.pk, key=uuid.uuid4())
    actions.change_idea(actor=cast.sari, idea_id=kept.pk, edition=4, values={"title": "Sari"})
    with as_if_never_kept("content.IdeaEdition"):
        IdeaEdition.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(BROUGHT.EDITIONS)
    # Numbered without the moves, in the same order around the post.
    assert list(IdeaEdition.objects.values_list("edition", "editor__full_name")) == [
        (2, cast.made.full_name), (4, cast.sari.full_name),
    ]  # fmt: skip
    assert IdeaPost.objects.get().edition == 3
    version = post.current_version_id or 0
    everybody = (cast.rina, cast.made, cast.ratna, cast.sari)
    assert [gate.wrote_how(who, version) for who in everybody] == ["idea", "idea", "", ""]


def test_who_wrote_which_alternative_text_is_found_in_the_trail_and_in_versions(
    cast: Cast,
) -> None:
    factories.grant(cast.sari, Role.DRAFTER, cast.diskominfo)
    media = upload(cast.dwi, cast.diskominfo)
    make_stage(cast)
    for who, text in ((cast.sari, "Kata Sari."), (cast.rina, "Hilang."), (cast.dwi, "Kata Dwi.")):
        say(who, media, alt=text)
        if who == cast.sari:
            stage = showing(cast, media, text)
    rows = list(MediaAlt.objects.values_list("edition", "alt", "editor", "after_version"))
    with as_if_never_kept("content.MediaAlt"):
        MediaAlt.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(LIBRARY.ALTS)
    found = list(MediaAlt.objects.values_list("edition", "alt", "editor", "after_version"))
    assert found == [rows[0], rows[2]], "no version has the other one"
    assert gate.wrote_how(cast.sari, stage.fresh().current_version_id or 0) == "alt"
    assert unproven() == []
