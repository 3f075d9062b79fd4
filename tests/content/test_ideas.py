"""Ideas: kept in one line, found useful once a person, written from, dropped for a reason."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from content import actions
from content.errors import ContentError
from content.models import Idea, IdeaPost, IdeaVote, Post
from govsocial.audit.models import Entry
from tests.cast import Cast
from tests.content.plans import campaign, csv_of, idea

SignIn = Callable[[User | str], Client]
REFUSED = (IntegrityError, InternalError)
MOST_QUERIES = 15


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


def entry(event: str) -> Entry:
    return Entry.objects.get(event=f"content.idea.{event}")


# What people do with ideas


def test_who_plans_keeps_ideas_and_nobody_else(cast: Cast) -> None:
    kept = idea(cast, by=cast.ratna, title="  Jam   buka ")
    assert (kept.title, kept.state) == ("Jam buka", Idea.State.OPEN)
    assert entry("added").actor == cast.ratna
    for person in (cast.bayu, cast.laila, cast.fajar):
        with pytest.raises(PermissionDenied):
            idea(cast, by=person)
    for title in ("\u200b", "NIK 3273014205900003"):
        with pytest.raises(ContentError):
            idea(cast, title=title)


def test_each_person_finds_an_idea_useful_once(cast: Cast) -> None:
    kept = idea(cast)
    for _twice in range(2):
        actions.vote_for_idea(actor=cast.rina, idea_id=kept.pk, useful=True)
    assert entry("found_useful").actor == cast.rina
    with pytest.raises(REFUSED), transaction.atomic():
        IdeaVote.objects.create(idea=kept, person=cast.rina)
    actions.vote_for_idea(actor=cast.rina, idea_id=kept.pk, useful=False)
    assert not kept.votes.exists()
    assert entry("vote_taken_back").actor == cast.rina


def test_a_post_begins_with_what_the_idea_says(cast: Cast) -> None:
    plan = campaign(cast)
    kept = idea(cast, note="Puskesmas mana yang buka?", campaign=plan)
    key = uuid.uuid4()
    post = actions.write_from_idea(actor=cast.rina, idea_id=kept.pk, key=key)
    assert actions.write_from_idea(actor=cast.rina, idea_id=kept.pk, key=key) == post
    version = Post.objects.get(pk=post.pk).current_version
    assert version is not None
    assert (version.title, version.content().text) == (kept.title, kept.note)
    assert (post.campaign, post.author) == (plan, cast.rina)
    another = actions.write_from_idea(actor=cast.dwi, idea_id=kept.pk, key=uuid.uuid4())
    kept.refresh_from_db()
    assert kept.state == Idea.State.TAKEN
    assert set(kept.written.values_list("post", flat=True)) == {post.pk, another.pk}
    with pytest.raises(PermissionDenied):
        actions.write_from_idea(actor=cast.sari, idea_id=kept.pk, key=uuid.uuid4())


def test_an_idea_is_dropped_for_a_reason_and_picked_up_again(cast: Cast) -> None:
    kept = idea(cast)
    with pytest.raises(ContentError):
        actions.drop_idea(actor=cast.made, idea_id=kept.pk, reason=" ")
    actions.drop_idea(actor=cast.made, idea_id=kept.pk, reason="Sudah lewat")
    assert entry("dropped").data["reason"] == "Sudah lewat"
    for refused in (
        lambda: actions.vote_for_idea(actor=cast.dwi, idea_id=kept.pk, useful=True),
        lambda: actions.write_from_idea(actor=cast.dwi, idea_id=kept.pk, key=uuid.uuid4()),
        lambda: actions.change_idea(actor=cast.dwi, idea_id=kept.pk, edition=2, values={}),
    ):
        with pytest.raises(ContentError):
            refused()
    assert actions.reopen_idea(actor=cast.dwi, idea_id=kept.pk).state == Idea.State.OPEN
    assert entry("reopened").actor == cast.dwi


def test_two_tabs_do_not_overwrite_each_other(cast: Cast) -> None:
    kept = idea(cast)
    wanted = {"title": kept.title, "wanted_on": date(2026, 12, 24), "campaign": campaign(cast)}
    actions.change_idea(actor=cast.rina, idea_id=kept.pk, edition=1, values=wanted)
    assert entry("changed").data["changed"] == ["wanted_on", "campaign"]
    assert entry("changed").data["edition"] == 2
    with pytest.raises(ContentError):
        actions.change_idea(actor=cast.dwi, idea_id=kept.pk, edition=1, values=wanted)
    elsewhere = campaign(cast, by=cast.fajar, unit=cast.dinkes)
    with pytest.raises(ContentError):
        actions.change_idea(
            actor=cast.dwi, idea_id=kept.pk, edition=2, values={"campaign": elsewhere}
        )


def test_the_database_keeps_the_rules_of_ideas(cast: Cast) -> None:
    kept = idea(cast)
    elsewhere = campaign(cast, by=cast.fajar, unit=cast.dinkes)
    for change in (
        "title = ''",
        "state = 'dropped'",
        "reason = 'x'",
        f"campaign_id = {elsewhere.pk}",
        f"unit_id = {cast.dinkes.pk}",
    ):
        sql = f"UPDATE content_idea SET {change} WHERE id = %s"
        with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [kept.pk])
    foreign = actions.write_from_idea(actor=cast.dwi, idea_id=kept.pk, key=uuid.uuid4())
    with pytest.raises(REFUSED), transaction.atomic():
        IdeaPost.objects.create(idea=idea(cast), post=foreign, key=uuid.uuid4())
    for table in ("content_idea", "content_ideapost"):
        with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")  # names above


# The pages


def test_an_idea_is_added_in_one_line_and_written_from(cast: Cast, client_as: SignIn) -> None:
    client = client_as("dwi")
    line = {"title": "Cuaca Natal", "unit": cast.diskominfo.pk}
    shown = client.post(page("idea_add"), line, follow=True).content.decode()
    assert "Cuaca Natal" in shown
    bad = client.post(page("idea_add"), line | {"title": "\x00"})
    assert bad.status_code == 422
    kept = Idea.objects.get()
    key = {"key": str(uuid.uuid4())}
    written = client.post(page("idea_write", kept.pk), key)
    assert written["Location"] == page("post_edit", Post.objects.get().pk)
    assert client.post(page("idea_write", kept.pk), {"key": "x"}).status_code == 302
    # The form of one idea, sent to another one.
    other = idea(cast)
    assert client.post(page("idea_write", other.pk), key)["Location"] == page(
        "idea_detail", other.pk
    )
    with pytest.raises(ContentError):
        actions.write_from_idea(actor=cast.dwi, idea_id=other.pk, key=uuid.UUID(key["key"]))
    assert Post.objects.count() == 1
    other_unit = client.post(page("idea_add"), line | {"unit": cast.dinkes.pk})
    assert other_unit.status_code == 422


def test_the_list_filters_votes_and_exports(cast: Cast, client_as: SignIn) -> None:
    kept = idea(cast, source="holiday")
    idea(cast, title="Lain")
    client = client_as("rina")
    vote = {"useful": "1", "from": "list"}
    assert client.post(page("idea_vote", kept.pk), vote)["Location"].endswith(f"#idea-{kept.pk}")
    asked = f"{page('idea_list')}?source=holiday&sort=-useful"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        shown = client.get(asked).content.decode()
    assert len(queries) <= MOST_QUERIES
    assert kept.title in shown
    assert "Lain</a>" not in shown
    sheet = csv_of(client.get(f"{page('idea_export')}?source=holiday"))
    assert kept.title in sheet
    assert entry("exported").data["rows"] == 1


def test_strangers_find_no_idea_and_who_only_sees_it_changes_nothing(
    cast: Cast, client_as: SignIn
) -> None:
    kept = idea(cast)
    assert client_as("fajar").get(page("idea_detail", kept.pk)).status_code == 404
    seen = client_as("laila").get(page("idea_detail", kept.pk))
    assert seen.status_code == 200
    assert "idea_write" not in seen.content.decode()
    drop = {"reason": "x"}
    assert client_as("laila").post(page("idea_drop", kept.pk), drop).status_code == 403
    with CaptureQueriesContext(connection) as queries:
        client_as("dwi").get(page("idea_edit", kept.pk))
    assert len(queries) <= MOST_QUERIES
