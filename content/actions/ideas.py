"""Ideas: had, voted for, written from, dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.kept_values import changes_between
from accounts.models import User
from content.actions.addressing import refuse_identity_in_title
from content.actions.drafting import create_post
from content.actions.placing import refuse_for_unit
from content.campaign_fields import IDEA_LABELS, kept_of
from content.documents import Document
from content.errors import ContentError
from content.events.plan import (
    IDEA_ADDED,
    IDEA_CHANGED,
    IDEA_DROPPED,
    IDEA_FOUND_USEFUL,
    IDEA_REOPENED,
    IDEA_VOTE_TAKEN_BACK,
    IDEA_WRITTEN,
)
from content.models import Campaign, Idea, IdeaEdition, IdeaPost, IdeaVote, Post
from govsocial.audit.actions import record
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require

STATE = Idea.State


@transaction.atomic
def add_idea(*, actor: User, unit_id: int, values: Mapping[str, Any]) -> Idea:
    """Keep an idea for a unit. ``values`` are fields by name; ``title`` alone is enough."""
    require(actor, "content.plan", unit_id)
    idea = Idea(unit_id=unit_id, author=actor)
    _fill(idea, values)
    idea.save()
    record(IDEA_ADDED, actor=actor, target=idea, source=idea.source)
    return idea


@transaction.atomic
def change_idea(*, actor: User, idea_id: int, edition: int, values: Mapping[str, Any]) -> Idea:
    """Say more of an idea. ``ContentError`` when somebody changed it since, or dropped it."""
    idea = _locked(idea_id)
    require(actor, "content.plan", idea.unit_id)
    if idea.state == STATE.DROPPED:
        raise ContentError(_("This idea was dropped. Pick it up again first."))
    if idea.edition != edition:
        raise ContentError(_("Somebody changed this idea since you opened it. Look at it again."))
    before, words = kept_of(idea), (idea.title, idea.note)
    _fill(idea, values)
    after = kept_of(idea)
    if before != after:
        idea.edition += 1
        if words != (idea.title, idea.note):
            IdeaEdition.objects.get_or_create(idea=idea, edition=idea.edition, editor=actor)
        idea.save()
        record(
            IDEA_CHANGED,
            actor=actor,
            target=idea,
            edition=idea.edition,
            **changes_between(before, after),
        )
    return idea


@transaction.atomic
def vote_for_idea(*, actor: User, idea_id: int, useful: bool) -> Idea:
    """Say that an idea is useful, or take that back. Saying it again changes nothing."""
    idea = _locked(idea_id)
    require(actor, "content.plan", idea.unit_id)
    if idea.state == STATE.DROPPED:
        raise ContentError(_("This idea was dropped."))
    own = IdeaVote.objects.filter(idea=idea, person=actor)
    if useful and not own.exists():
        IdeaVote.objects.create(idea=idea, person=actor)
        record(IDEA_FOUND_USEFUL, actor=actor, target=idea)
    elif not useful and own.delete()[0]:
        record(IDEA_VOTE_TAKEN_BACK, actor=actor, target=idea)
    return idea


@transaction.atomic
def write_from_idea(*, actor: User, idea_id: int, key: UUID) -> Post:
    """Begin a draft with what the idea says, in its campaign. ``key`` is of the form: a second time
    it gives the post that is there. Who wrote the idea does not decide on the post."""
    idea = _locked(idea_id)
    require(actor, "content.draft", idea.unit_id)
    known = IdeaPost.objects.filter(key=key).select_related("post").first()
    if known is not None and known.idea_id == idea.pk:
        return known.post
    if known is not None:
        raise ContentError(_("This form was answered already."))
    if idea.state == STATE.DROPPED:
        raise ContentError(_("This idea was dropped. Pick it up again first."))
    document = Document(title=idea.title, text=idea.note, texts={})
    post = create_post(actor=actor, unit_id=idea.unit_id, document=document)
    campaign = idea.campaign
    if campaign is not None and campaign.status != Campaign.Status.CLOSED:
        # Not by ``place_post``: whoever keeps the idea has said where it belongs.
        post.campaign = campaign
        post.save(update_fields=["campaign"])
    if idea.state == STATE.OPEN:
        _move(idea, STATE.TAKEN)
    IdeaPost.objects.create(idea=idea, post=post, key=key)
    record(IDEA_WRITTEN, actor=actor, target=idea, post=post.title)
    return post


@transaction.atomic
def drop_idea(*, actor: User, idea_id: int, reason: str) -> Idea:
    """Put an idea aside and say why. One that a post was written from stays taken up."""
    idea = _locked(idea_id)
    require(actor, "content.plan", idea.unit_id)
    if idea.state != STATE.OPEN:
        raise ContentError(_("Only an open idea is dropped."))
    idea.reason = readable(reason)
    if not idea.reason:
        raise ContentError(_("Give a reason."), field="reason")
    _move(idea, STATE.DROPPED, "reason")
    record(IDEA_DROPPED, actor=actor, target=idea, reason=idea.reason)
    return idea


@transaction.atomic
def reopen_idea(*, actor: User, idea_id: int) -> Idea:
    idea = _locked(idea_id)
    require(actor, "content.plan", idea.unit_id)
    if idea.state != STATE.DROPPED:
        raise ContentError(_("This idea was not dropped."))
    idea.reason = ""
    _move(idea, STATE.OPEN, "reason")
    record(IDEA_REOPENED, actor=actor, target=idea)
    return idea


def _locked(idea_id: int) -> Idea:
    return Idea.objects.select_for_update(of=("self",)).get(pk=idea_id)


def _fill(idea: Idea, values: Mapping[str, Any]) -> None:
    before = idea.campaign_id
    for name, value in values.items():
        if name not in IDEA_LABELS:
            raise ValueError(f"An idea has no field {name!r}.")
        setattr(idea, name, readable(value) if name in {"title", "note"} else value)
    idea.title = " ".join(idea.title.split())
    if not idea.title:
        raise ContentError(_("Write the idea in a few words."), field="title")
    refuse_identity_in_title(idea.title)
    if idea.campaign is not None and idea.campaign_id != before:
        refuse_for_unit(idea.campaign, idea.unit_id)


def _move(idea: Idea, state: str, *more: str) -> None:
    idea.state = state
    idea.edition += 1
    idea.save(update_fields=["state", "edition", *more])
