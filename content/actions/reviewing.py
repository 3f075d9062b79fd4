from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.capabilities import roles_with
from accounts.models import User
from content import gate
from content.actions.drafting import close_review, lock_post, move
from content.actions.emergencies import open_retrospective
from content.actions.outgoing import recipient
from content.actions.refusals import guarded
from content.actions.scheduling import schedule_publications
from content.actions.settling import refuse_not_in_use
from content.actions.telling import tell_decided, tell_emergency
from content.checklist import ETHICS
from content.errors import ContentError, GateRefused
from content.events.posts import CHANGES_REQUESTED, POST_APPROVED, POST_REJECTED
from content.findings import Finding, unjustified
from content.models import Decision, Post, Review
from content.surroundings import findings_of
from govsocial.audit.actions import record
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require
from govsocial.web.templatetags.formats import moment

# An approval does not outlive the planned time by more than this (design.md section 4, point 7).
LATE = timedelta(days=1)


@guarded("approve")
def approve_post(
    *,
    actor: User,
    post_id: int,
    digest: str,
    note: str = "",
    confirmed: int | None = None,
    in_bulk: bool = False,
) -> Post:
    """Approve exactly the content with ``digest``, and schedule it when no stage is left.

    ``confirmed`` is the version of the ethics statements that whoever approves has read and
    confirms. ``in_bulk`` says that it was ticked among others, without its page before them now.

    Raises ``PermissionDenied`` without the right on the post's unit and on the unit of every
    account, ``ContentError`` for one's own post, for content that changed meanwhile, for a
    planned time that is long past, without the confirmation, and while something that is found in
    it by now has no justification: that may stand in ``note``. In bulk also for an emergency, for
    what was not opened before, and for everything that is found without a justification.
    """
    review, principal = _review_to_decide(actor, post_id, digest, None)
    if confirmed != ETHICS.version:
        raise ContentError(
            _("Read the ethics statements and confirm them, then approve."), field="confirmed"
        )
    if in_bulk:
        _refuse_to_take_along(actor, review)
    stands = _found_since(review, note, in_bulk=in_bulk)
    now = timezone.now()
    expires_at = _expiry(review, now)
    _check_accounts(review)
    decision = Decision.objects.create(
        review=review,
        version_digest=digest,
        stage=review.stage,
        decider=actor,
        on_behalf_of=principal,
        verdict=Decision.Verdict.APPROVE,
        note=note,
        decided_at=now,
        expires_at=expires_at,
        in_bulk=in_bulk,
        confirmed_list=ETHICS.key,
        confirmed_version=confirmed,
    )
    _record_approval(decision, expires_at, stands)
    tell_decided(decision)
    if decision.stage == review.stages:
        _schedule(review, actor)
    return review.post


def _record_approval(decision: Decision, expires_at: datetime, stands: list[Finding]) -> None:
    review = decision.review
    record(
        POST_APPROVED,
        actor=decision.decider,
        target=review.post,
        on_behalf_of=decision.on_behalf_of,
        version=review.version.number,
        version_sha256=decision.version_digest,
        stage=decision.stage,
        stages=review.stages,
        expires_at=expires_at.isoformat(),
        confirmed=f"{decision.confirmed_list} {decision.confirmed_version}",
        in_bulk=decision.in_bulk,
        found_since=", ".join(sorted({one.rule for one in stands})),
    )


def _schedule(review: Review, actor: User) -> None:
    """The last stage has approved it: it goes out when its time has come."""
    post = review.post
    close_review(post, Review.Status.APPROVED)
    if review.is_emergency:
        open_retrospective(review)
        tell_emergency(review)
    move(post, Post.Status.APPROVED)
    schedule_publications(review.version, actor=actor)
    move(post, Post.Status.SCHEDULED)


@guarded("request_changes")
def request_changes(*, actor: User, post_id: int, digest: str, note: str) -> Post:
    """Send the post back to its drafters with a reason."""
    review, principal = _review_to_decide(actor, post_id, digest, "content.review")
    decision = _decide_against(review, actor, principal, Decision.Verdict.CHANGES, note)
    close_review(review.post, Review.Status.CHANGES)
    move(review.post, Post.Status.DRAFT)
    record(
        CHANGES_REQUESTED,
        actor=actor,
        target=review.post,
        on_behalf_of=decision.on_behalf_of,
        version=review.version.number,
        version_sha256=digest,
    )
    return review.post


@guarded("reject")
def reject_post(*, actor: User, post_id: int, digest: str, note: str) -> Post:
    """End the post with a reason. A rejected post is not edited any more."""
    review, principal = _review_to_decide(actor, post_id, digest, "content.approve")
    decision = _decide_against(review, actor, principal, Decision.Verdict.REJECT, note)
    close_review(review.post, Review.Status.REJECTED)
    move(review.post, Post.Status.REJECTED)
    record(
        POST_REJECTED,
        actor=actor,
        target=review.post,
        on_behalf_of=decision.on_behalf_of,
        version=review.version.number,
        version_sha256=digest,
    )
    return review.post


def _expiry(review: Review, now: datetime) -> datetime:
    """When an approval given now ends. Raises ``ContentError`` when the post would go out later."""
    ends = review.version.content().valid_until
    if ends is not None and ends <= now:
        raise GateRefused(
            _("It does not hold any more. Ask for changes, or reject it."), why="too_late"
        )
    if any(one.expires_at and one.expires_at <= now for one in review.decisions.all()):
        raise GateRefused(
            _(
                "The approval of an earlier stage has expired. Ask for changes, so that it begins "
                "anew."
            ),
            why="no_longer_counts",
        )
    latest = now + timedelta(days=review.days)
    planned = review.version.content().planned_at
    if planned is None:
        return latest
    if planned < now - LATE:
        raise GateRefused(_("The planned time has passed. Ask for a new one."), why="too_late")
    if planned > latest:
        zone = review.version.post.unit.zone
        raise GateRefused(
            _("It is planned for %(planned)s, but an approval given now counts until %(until)s.")
            % {"planned": moment(planned, zone), "until": moment(latest, zone)},
            why="too_late",
        )
    return min(latest, max(planned, now) + LATE)


def _refuse_to_take_along(actor: User, review: Review) -> None:
    """Refuse what must be decided on by itself, and what this person did not read."""
    if review.is_emergency:
        raise GateRefused(
            _("An emergency is decided on by itself. Open it and decide there."), why="by_itself"
        )
    opened = review.version.opened.filter(person=actor, digest=review.digest)
    if not opened.exists():
        raise GateRefused(_("Open it and read it first."), why="not_opened")


def _found_since(review: Review, note: str, *, in_bulk: bool) -> list[Finding]:
    """What is found by now and was not when it was submitted: a link that went dead, a narrative
    that ended. Whoever approves says in the note why it may stand; what may not is refused."""
    content = review.version.content()
    found = unjustified(content, findings_of(content, review.post.unit, review.post))
    if not found:
        return []
    if in_bulk:
        raise GateRefused(
            _("Something is found in it for which nobody gave a reason. Open it and decide there."),
            why="by_itself",
        )
    named = "; ".join(one.in_words for one in found)
    if not all(one.may_stand for one in found):
        raise GateRefused(
            _("Found since it was submitted: %(found)s. Ask for changes.") % {"found": named},
            why="found_since",
            field="note",
            short=_("No reason lets this stand: ask for changes."),
        )
    if not readable(note):
        raise GateRefused(
            _(
                "Found since it was submitted: %(found)s. Ask for changes, or say in the note why "
                "it may stand."
            )
            % {"found": named},
            why="found_since",
            field="note",
            short=_("Say why what was found may stand, or ask for changes."),
        )
    return found


def _check_accounts(review: Review) -> None:
    """Refuse accounts that were closed, or became others, since the version was written."""
    written = review.version.content().recipients
    for account in review.accounts:
        refuse_not_in_use(account)
        if written[account.pk] != recipient(account):
            raise GateRefused(
                _("%(account)s was changed since this version was written. Ask for changes.")
                % {"account": account},
                why="account_changed",
            )


def _review_to_decide(
    actor: User, post_id: int, digest: str, capability: str | None
) -> tuple[Review, User | None]:
    """The review, and in whose place this person decides; None where by a role of their own.
    ``capability`` None: whatever the stage asks for."""
    post = lock_post(post_id, "unit")
    require(actor, capability or "content.review", post.unit_id)
    opened = post.reviews.filter(status=Review.Status.OPEN).select_related("version")
    review = opened.prefetch_related("decisions").first()
    if review is None or post.status != Post.Status.SUBMITTED:
        raise GateRefused(_("This post is not waiting for a decision."), why="not_waiting")
    review.post = review.version.post = post
    capability = capability or review.stage_kind.capability
    require(actor, capability, post.unit_id)
    if review.digest != digest or review.version_id != post.current_version_id:
        raise GateRefused(
            _("The content has changed since you opened it. Read it again."),
            why="content_changed",
        )
    # It is the current one: what names the post reads its title there.
    post.current_version = review.version
    for unit_id in {one.unit_id for one in review.accounts} - {post.unit_id}:
        require(actor, capability, unit_id)
    stands = gate.relation(actor, review.version_id, roles_with(capability))
    if stands.wrote or review.submitted_by_id == actor.pk:
        raise GateRefused(
            _("A post cannot be decided on by somebody who wrote it."), why="own_post"
        )
    if any(one.decider_id == actor.pk for one in review.decisions.all()):
        raise GateRefused(
            _("You approved an earlier stage. Each stage needs a different person."),
            why="earlier_stage",
        )
    if any(one.on_behalf_of_id == actor.pk for one in review.decisions.all()):
        raise GateRefused(
            _("An earlier stage was approved on your behalf. Each stage needs a different person."),
            why="earlier_stage",
        )
    if not stands.may and actor.stands_in:
        raise GateRefused(
            _(
                "You stand in for somebody who wrote part of it, approved an earlier stage, or "
                "does not hold the role themselves. Somebody else decides."
            ),
            why="stands_in",
        )
    principal = stands.acts_for
    return review, None if principal is None else User.objects.get(pk=principal)


def _decide_against(
    review: Review, actor: User, principal: User | None, verdict: str, note: str
) -> Decision:
    if not note.strip():
        raise ContentError(_("Write a note."), field="note")
    decision = Decision.objects.create(
        review=review,
        version_digest=review.digest,
        stage=review.stage,
        decider=actor,
        on_behalf_of=principal,
        verdict=verdict,
        note=note.strip(),
    )
    tell_decided(decision)
    return decision
