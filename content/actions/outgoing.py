"""What is sent of a publication: the exact bytes that were approved, or nothing."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import OfficialAccount
from content import following
from content.actions.films import whole_film
from content.documents import MediaItem, Recipient, digest_of
from content.film_pieces import FILM_CHANGED
from content.handles import handles_of
from content.media_addresses import signed_address
from content.models import Publication
from content.models.media import MediaFile
from govsocial.platforms.base import Image, Limits, OutgoingPost, Video
from govsocial.platforms.registry import limits

# How long before an attempt a post of another publication may still look like this one's: one that
# was long unconfirmed stands on the platform later than its own first attempt began.
LOOK_BACK = timedelta(days=1)

ANSWERS_UNKNOWN = gettext_noop("A person posted what it answers, so a person posts this too.")


class ContentChanged(Exception):
    """The bytes to send are not the bytes that were approved. Nothing is sent."""


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
    """The film, compared as a whole now, and piece by piece as it is read to be sent."""
    film = whole_film(MediaFile(sha256=item.sha256))
    if film is None:
        raise ContentChanged(FILM_CHANGED)
    return Video(
        size=item.size,
        media_type=item.media_type,
        seconds=item.seconds or 0.0,
        width=item.width,
        height=item.height,
        alt=item.alt,
        read=film.read,
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
