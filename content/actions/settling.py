"""States of a publication, written on a locked row. What it sends stands in ``outgoing``."""

from __future__ import annotations

from datetime import datetime

from django.db import DataError, IntegrityError, transaction
from django.db.models import Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import OfficialAccount, User
from content import following, gate
from content.actions.ending import (
    NOTHING_MORE,
    VALIDITY_ENDED,
    WAS_CORRECTED,
    WAS_WITHDRAWN,
    call_back,
    call_back_following,
    end_post,
    mark_cancelled,
    mark_withdrawn,
    move_post,
    why_over,
)
from content.actions.keeping import UNKEEPABLE, Doubtful, Unkeepable
from content.actions.telling import tell_trouble
from content.errors import ContentError, GateRefused
from content.events.posts import (
    PUBLICATION_FAILED,
    PUBLICATION_SENT,
    PUBLICATION_UNCONFIRMED,
    PUBLICATION_WAY_CHOSEN,
)
from content.models import Attempt, Post, Publication, Relation, Withdrawal
from content.models.publication import ONE_PUBLICATION_A_POST, ONE_PUBLICATION_AN_ADDRESS
from govsocial.audit.actions import record
from govsocial.constraints import constraint_of
from govsocial.platforms.base import PublishedPost
from govsocial.web.problems import in_words

# After so many attempts that may have reached the platform, and were not found there, another would
# end like them: a person looks instead.
MOST_UNKNOWN = 5

CANNOT_OPEN = gettext_noop("The stored connection cannot be opened. Connect again.")
NO_ANSWER = gettext_noop("The platform did not answer; the post may be out.")
NOT_LABELLED = gettext_noop(
    "Money was spent on this post, and a text of it lacks the label that readers must see. "
    "Submit a version with the label, or reverse the spending if it was wrong."
)
NOT_APPROVED = "NotApproved"
"""The error of what does not go out, although nothing failed: its approval counts no longer."""
ANOTHERS_POST = gettext_noop(
    "What the platform shows is the post of another publication; this one may be out as well."
)


DOUBTFUL = (Publication.Status.SENDING, Publication.Status.UNCONFIRMED)
"""Nobody knows yet whether it is out."""


class AnothersPost(Doubtful):
    """What was found or made on the platform is already the post of another publication, so it is
    not known what became of this one."""


def is_for_a_person(account: OfficialAccount) -> bool:
    """Whether a person has to post there, because nothing connects the application with it."""
    return not account.is_connected


def refuse_not_in_use(account: OfficialAccount, *, field: str | None = None) -> None:
    """Raise ``ContentError`` for an account that nothing may be sent from now."""
    if not account.is_active:
        raise ContentError(not_in_use(account), field=field)


def not_in_use(account: OfficialAccount) -> str:
    """In words, of an account that is not in use."""
    words = {
        OfficialAccount.Status.PROPOSED: _("%(account)s is only proposed, it is not in use yet."),
        OfficialAccount.Status.SUSPENDED: _("%(account)s is suspended."),
    }.get(OfficialAccount.Status(account.status), _("%(account)s is closed."))
    return words % {"account": account}


def mark_published(
    publication: Publication,
    actor: User,
    published: PublishedPost,
    *,
    number: int,
    at: datetime | None = None,
) -> None:
    """Settle a locked publication as live. The caller has closed its attempt; ``at`` is when it
    went out, where that is known better than by when the attempt began.

    Raises ``Doubtful``, with nothing changed in the database: ``AnothersPost`` when another
    publication of the account is that very post already, ``Unkeepable`` for what does not fit.
    """
    publication.status = Publication.Status.PUBLISHED
    publication.published_at = at or publication.sent_at
    publication.platform_post_id = published.platform_id
    publication.permalink = published.permalink
    publication.problem = ""
    publication.needs_person = False
    publication.sealed = ""
    try:
        with transaction.atomic():
            publication.save()
    except (DataError, IntegrityError, ValueError) as exc:
        if constraint_of(exc) in {ONE_PUBLICATION_A_POST, ONE_PUBLICATION_AN_ADDRESS}:
            raise AnothersPost(ANOTHERS_POST) from exc
        raise Unkeepable(UNKEEPABLE) from exc
    before = [Post.Status.SCHEDULED, Post.Status.APPROVED]
    move_post(publication.post, Post.Status.LIVE, before=before)
    if publication.post.relation == Relation.CORRECTION and publication.post.follows_id:
        _correct(publication.post.follows_id)
    record(
        PUBLICATION_SENT,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        attempt=number,
        permalink=published.permalink,
    )
    if not publication.platform_post_id:
        for one in following.to_leave_to_people(publication):
            set_way(one, actor, by_hand=True)
    _withdraw_at_once(publication)


def set_way(publication: Publication, actor: User, *, by_hand: bool) -> None:
    """Have a person post a locked publication that is not out, or the application send it."""
    publication.by_hand = by_hand
    publication.not_before = publication.leased_until = publication.hand_told_at = None
    if publication.status == Publication.Status.SCHEDULED:
        publication.problem = ""
    # Not the status: who posts it is no sending, so that an approval that has ended meanwhile does
    # not keep anybody from saying what is out.
    publication.save(
        update_fields=["by_hand", "not_before", "leased_until", "hand_told_at", "problem"]
    )
    record(
        PUBLICATION_WAY_CHOSEN,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        way="hand" if by_hand else "application",
    )


def set_way_after(publication: Publication, actor: User) -> None:
    """Have what follows a locked publication and waits too go out in the same way."""
    waiting = [Publication.Status.SCHEDULED, Publication.Status.FROZEN]
    after = following.after(publication).filter(status__in=waiting)
    for one in after.exclude(by_hand=publication.by_hand):
        set_way(one, actor, by_hand=publication.by_hand)


def _withdraw_at_once(publication: Publication) -> None:
    """What was withdrawn while nobody knew whether it was out, and is."""
    withdrawal = Withdrawal.objects.filter(publication=publication).first()
    if withdrawal is not None:
        mark_withdrawn(publication, withdrawal)


def _correct(post_id: int) -> None:
    """The first account that the correction is out on ends what still waits of the wrong post.

    Whoever locked the publication of the correction has locked this post too, before the other.
    """
    wrong = Post.objects.select_for_update().get(pk=post_id)
    if wrong.status != Post.Status.LIVE:
        return
    call_back(wrong, User.objects.system(), WAS_CORRECTED)
    move_post(wrong, Post.Status.CORRECTED, before=[Post.Status.LIVE])


def mark_unconfirmed(
    publication: Publication,
    actor: User,
    *,
    number: int,
    error: str,
    message: str = NO_ANSWER,
) -> None:
    """Note on a locked publication that it may be out. The caller has closed its attempt."""
    publication.status = Publication.Status.UNCONFIRMED
    publication.checks = 0
    unknown = publication.attempts.filter(
        outcome=Attempt.Outcome.UNKNOWN, number__gt=publication.attempts_before
    )
    # Of what a person posted, the platform cannot say which post it is.
    publication.needs_person = publication.by_hand or unknown.count() >= MOST_UNKNOWN
    publication.not_before = None
    publication.leased_until = None
    publication.problem = message
    publication.save()
    record(
        PUBLICATION_UNCONFIRMED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        attempt=number,
        error=error,
    )
    tell_trouble(publication)


def mark_failed(
    publication: Publication, actor: User, *, number: int, error: str, message: str
) -> None:
    """Stop a locked publication until a person acts; ``message`` is what pages say.

    One that was withdrawn or corrected meanwhile ends here: it is not out, and never will be. That
    is told as cancelled by the application, and as failed only where something did fail.
    """
    publication.status = Publication.Status.FAILED
    publication.problem = message[:300]
    publication.leased_until = None
    publication.save()
    over = why_over(publication)
    if not over or error != NOT_APPROVED:
        record(
            PUBLICATION_FAILED,
            actor=actor,
            target=publication.post,
            account=publication.outlet,
            publication_id=publication.pk,
            attempt=number,
            error=error,
        )
    if over:
        system = User.objects.system()
        mark_cancelled(publication, system, over)
        call_back_following(publication, system, over)
        end_post(publication.post)
        return
    tell_trouble(publication)


def put_in_line(publication: Publication) -> bool:
    """Save a new or locked publication as scheduled, or as frozen where a freeze covers it or has
    stopped it and nobody has let it go since.

    False, with nothing changed in the database, when its approval no longer counts, or nothing more
    of it goes out: the trigger ``gate`` asks the same of what would be frozen.
    """
    before = publication.status
    for _again in range(2):
        frozen = gate.is_halted(publication)
        status = Publication.Status.FROZEN if frozen else Publication.Status.SCHEDULED
        publication.status = status
        try:
            with transaction.atomic():
                publication.save()
        except IntegrityError:
            # A freeze may have begun between the question and the row.
            if frozen or not gate.is_halted(publication):
                break
        else:
            return True
    publication.status = before
    return False


def refuse_unapproved(publication: Publication) -> None:
    """Refuse what people put back into line without an approval that still counts. The trigger
    ``gate`` does so too: neither leans on the other."""
    if not gate.is_approved(publication.version_id):
        raise out_of_line(publication)


def out_of_line(publication: Publication) -> GateRefused:
    """Why ``put_in_line`` said no, for who tried."""
    over = why_over(publication)
    if over:
        said = over if over == WAS_WITHDRAWN else NOTHING_MORE
        return GateRefused(in_words(said), why="no_longer_counts")
    if not gate.is_labelled(publication.version_id):
        return GateRefused(in_words(NOT_LABELLED), why="not_labelled")
    if publication.version.content().has_ended:
        return GateRefused(ended_words(publication), why="no_longer_counts")
    if publication.post.status == Post.Status.LIVE:
        return GateRefused(
            _(
                "The approval has expired or no longer counts, and the post is live elsewhere. "
                "Cancel what is left of it, or write an update."
            ),
            why="no_longer_counts",
        )
    return GateRefused(
        _("The approval has expired or no longer counts. Submit the post again."),
        why="no_longer_counts",
    )


def ended_words(publication: Publication) -> str:
    """That what a publication says holds no longer, and what to do then."""
    if publication.post.status == Post.Status.LIVE:
        then = _("Cancel what is left of it, or write an update that says what holds now.")
    else:
        then = _("Cancel what is left of it, then submit the post again with a later end.")
    return f"{in_words(VALIDITY_ENDED)} {then}"


def lock_publication(publication_id: int) -> Publication:
    """Lock post, account, then publication: the order of every action and of a freeze that begins,
    so none deadlocks with another. The account is shared: only a change of it, or a freeze, waits.

    Of a correction the post that it corrects is locked as well, for it ends when the correction is
    out: both at once, in the order of their ids.
    """
    rows = Publication.objects.values_list("post", "official_account", "post__relation")
    post_id, account_id, relation = rows.get(pk=publication_id)
    posts = Q(pk=post_id)
    if relation == Relation.CORRECTION:
        posts |= Q(pk=Subquery(Post.objects.filter(pk=post_id).values("follows")))
    list(Post.objects.select_for_update().filter(posts).order_by("pk"))
    gate.share_account(account_id)
    return (
        Publication.objects.select_for_update(of=("self",))
        .select_related("post", "version", "official_account__credential")
        .get(pk=publication_id)
    )
