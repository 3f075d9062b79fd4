"""States of a publication, written on a locked row, and the exact bytes that it sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DataError, IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import OfficialAccount, User
from content import following, gate
from content.actions.keeping import UNKEEPABLE, Doubtful, Unkeepable
from content.actions.telling import tell_trouble
from content.documents import MediaItem, Recipient, digest_of
from content.errors import ContentError, GateRefused
from content.events import (
    PUBLICATION_CANCELLED,
    PUBLICATION_FAILED,
    PUBLICATION_SENT,
    PUBLICATION_UNCONFIRMED,
    PUBLICATION_WITHDRAWN,
)
from content.handles import handles_of
from content.media_addresses import signed_address
from content.models import Attempt, Post, Publication, Relation, Withdrawal
from content.models.media import MediaFile
from content.models.publication import ONE_PUBLICATION_A_POST, ONE_PUBLICATION_AN_ADDRESS
from govsocial.audit.actions import record
from govsocial.platforms.base import Image, Limits, OutgoingPost, PublishedPost, Video
from govsocial.platforms.registry import limits
from govsocial.web.problems import in_words

# How long before an attempt a post of another publication may still look like this one's: one that
# was long unconfirmed stands on the platform later than its own first attempt began.
LOOK_BACK = timedelta(days=1)


# After so many attempts that may have reached the platform, and were not found there, another would
# end like them: a person looks instead.
MOST_UNKNOWN = 5

BY_HAND = gettext_noop("Its id on the platform is not known: delete it there by hand.")
NO_ANSWER = gettext_noop("The platform did not answer; the post may be out.")
NOT_LABELLED = gettext_noop(
    "Money was spent on this post, and a text of it lacks the label that readers must see. "
    "Submit a version with the label, or reverse the spending if it was wrong."
)
ANOTHERS_POST = gettext_noop(
    "What the platform shows is the post of another publication; this one may be out as well."
)


class ContentChanged(Exception):
    """The bytes to send are not the bytes that were approved. Nothing is sent."""


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


def recipient(account: OfficialAccount) -> Recipient:
    """The spelling that the trigger ``gate`` compares with the account's row."""
    address = f"{account.platform} {account.host} {account.handle}"
    return Recipient(address=address, unit=account.unit_id)


def outgoing_post(publication: Publication) -> OutgoingPost:
    """Build what is sent, checking digests on the very bytes.

    Raises ``ContentChanged``, and ``CannotOpen`` when the keys of what earlier attempts were given
    are missing.
    """
    version = publication.version
    if not digest_of(version.canonical) == version.digest == publication.digest:
        raise ContentChanged(gettext_noop("The text is not the text that was approved."))
    document = version.content()
    account = publication.official_account
    if document.recipients.get(account.pk) != recipient(account):
        raise ContentChanged(
            gettext_noop("The account was changed after the approval. Approve the post anew.")
        )
    sent, taken = document.sent_as(account.pk, publication.part), limits(account.platform)
    film = document.film_of(publication.part)
    before = following.before(publication)
    return OutgoingPost(
        follows=before.get(publication.part - 1, ""),
        root=before.get(0, ""),
        key=publication.key,
        handles=handles_of(publication),
        taken=taken_by_others(publication),
        text=sent.text,
        title=sent.title,
        link=sent.link,
        language=document.language,
        created_at=publication.sent_at or timezone.now(),
        images=tuple(_image(publication, item, taken) for item in sent.images),
        video=_video(publication, film, taken) if film else None,
    )


def _image(publication: Publication, item: MediaItem, taken: Limits) -> Image:
    data = MediaFile(sha256=item.sha256).read()
    if data is None:
        raise ContentChanged(gettext_noop("A picture is not the picture that was approved."))
    return Image(
        data=data,
        media_type=item.media_type,
        alt=item.alt,
        width=item.width,
        height=item.height,
        url=signed_address(publication, item.sha256) if taken.fetches_media else None,
    )


def _video(publication: Publication, item: MediaItem, taken: Limits) -> Video:
    """The film, read bit by bit once its bytes have been compared as a whole."""
    file = MediaFile(sha256=item.sha256)
    if not file.is_whole:
        raise ContentChanged(gettext_noop("The video is not the video that was approved."))
    return Video(
        size=item.size,
        media_type=item.media_type,
        seconds=item.seconds or 0.0,
        width=item.width,
        height=item.height,
        alt=item.alt,
        read=file.read_part,
        url=signed_address(publication, item.sha256) if taken.fetches_videos else None,
    )


def taken_by_others(publication: Publication) -> frozenset[str]:
    """Posts of that account that are other publications': equal words do not make them this one."""
    since = (publication.sent_at or publication.created_at) - LOOK_BACK
    others = Publication.objects.filter(
        Q(digest=publication.digest) | Q(published_at__gte=since),
        official_account=publication.official_account,
    )
    others = others.exclude(pk=publication.pk).exclude(platform_post_id="")
    return frozenset(others.values_list("platform_post_id", flat=True))


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
        if any(name in str(exc) for name in (ONE_PUBLICATION_A_POST, ONE_PUBLICATION_AN_ADDRESS)):
            raise AnothersPost(ANOTHERS_POST) from exc
        raise Unkeepable(UNKEEPABLE) from exc
    before = [Post.Status.SCHEDULED, Post.Status.APPROVED]
    move_post(publication.post, Post.Status.LIVE, before=before)
    if publication.post.relation == Relation.CORRECTION and publication.post.follows_id:
        _correct(publication.post.follows_id, actor)
    record(
        PUBLICATION_SENT,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        attempt=number,
        permalink=published.permalink,
    )
    if not publication.platform_post_id:
        following.leave_to_people(publication)
    _withdraw_at_once(publication)


def _withdraw_at_once(publication: Publication) -> None:
    """What was withdrawn while nobody knew whether it was out, and is."""
    withdrawal = Withdrawal.objects.filter(publication=publication).first()
    if withdrawal is not None:
        mark_withdrawn(publication, withdrawal)


def mark_withdrawn(publication: Publication, withdrawal: Withdrawal) -> None:
    """Take a locked publication back that is live; workers delete it on the platform, or a person
    where it has no id there."""
    if not publication.platform_post_id:
        withdrawal.needs_person, withdrawal.problem = True, BY_HAND
        withdrawal.save(update_fields=["needs_person", "problem"])
    publication.status = Publication.Status.WITHDRAWN
    publication.save(update_fields=["status"])
    record(
        PUBLICATION_WITHDRAWN,
        actor=withdrawal.requested_by,
        target=publication.post,
        account=publication.outlet,
        reason=withdrawal.reason,
    )
    end_withdrawn(publication.post)


def _correct(post_id: int, actor: User) -> None:
    """The first account that the correction is out on ends what still waits of the wrong post."""
    wrong = Post.objects.select_for_update().get(pk=post_id)
    if wrong.status != Post.Status.LIVE:
        return
    call_back(wrong, actor, gettext_noop("Replaced by its correction."))
    move_post(wrong, Post.Status.CORRECTED, before=[Post.Status.LIVE])


def call_back(post: Post, actor: User, reason: str) -> None:
    """Cancel what of a locked post is certainly not out yet."""
    waiting = post.publications.select_for_update(of=("self",)).select_related("official_account")
    for publication in waiting.filter(status__in=Publication.CALLED_BACK).order_by("pk"):
        mark_cancelled(publication, actor, reason)


def call_back_following(publication: Publication, actor: User, reason: str) -> None:
    """Cancel what would have followed a locked publication on its account, and is not out."""
    for one in following.after(publication).filter(status__in=Publication.CALLED_BACK):
        mark_cancelled(one, actor, reason)


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

    One that was withdrawn meanwhile ends here: it is not out, and never will be.
    """
    publication.status = Publication.Status.FAILED
    publication.problem = message[:300]
    publication.leased_until = None
    publication.save()
    record(
        PUBLICATION_FAILED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        attempt=number,
        error=error,
    )
    if Withdrawal.objects.filter(publication=publication).exists():
        mark_cancelled(publication, actor, gettext_noop("Its post was withdrawn."))
        call_back_following(publication, actor, gettext_noop("Its post was withdrawn."))
        end_withdrawn(publication.post)
        return
    tell_trouble(publication)


def put_in_line(publication: Publication) -> bool:
    """Save a new or locked publication as scheduled, or as frozen where a freeze covers it or has
    stopped it and nobody has let it go since.

    False, with nothing changed in the database, when its approval no longer counts.
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


def out_of_line(publication: Publication) -> GateRefused:
    """Why ``put_in_line`` said no, for who tried."""
    if not gate.is_labelled(publication.version_id):
        return GateRefused(in_words(NOT_LABELLED), why="not_labelled")
    return GateRefused(
        _("The approval has expired or no longer counts. Submit the post again."),
        why="no_longer_counts",
    )


def mark_cancelled(publication: Publication, actor: User, reason: str) -> None:
    """Call a locked publication back for good."""
    publication.status = Publication.Status.CANCELLED
    publication.sealed = ""
    publication.problem = reason[:300]
    publication.leased_until = None
    publication.save()
    record(
        PUBLICATION_CANCELLED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        reason=reason[:500],
    )


def end_withdrawn(post: Post) -> None:
    """A locked post of which something was withdrawn, and nothing is out or waits any more, is
    withdrawn itself."""
    ended = [Publication.Status.WITHDRAWN, Publication.Status.CANCELLED]
    left = post.publications.exclude(status__in=ended)
    withdrawn = post.publications.filter(status=Publication.Status.WITHDRAWN)
    if withdrawn.exists() and not left.exists():
        before = [Post.Status.LIVE, Post.Status.CORRECTED]
        move_post(post, Post.Status.WITHDRAWN, before=before)


def lock_publication(publication_id: int) -> Publication:
    """Lock post, account, then publication: the order of every action and of a freeze that begins,
    so none deadlocks with another. The account is shared: only a change of it, or a freeze, waits.
    """
    post_id, account_id = Publication.objects.values_list("post_id", "official_account_id").get(
        pk=publication_id
    )
    Post.objects.select_for_update().get(pk=post_id)
    gate.share_account(account_id)
    return (
        Publication.objects.select_for_update(of=("self",))
        .select_related("post", "version", "official_account__credential")
        .get(pk=publication_id)
    )


def move_post(post: Post, status: str, *, before: Sequence[str]) -> None:
    """Move a locked post on, when it stands where ``before`` says; else leave it."""
    Post.objects.filter(pk=post.pk, status__in=before).update(
        status=status, updated_at=timezone.now()
    )
