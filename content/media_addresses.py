"""Addresses at which a platform fetches pictures and films of a publication that is being sent.

Instagram, Threads and TikTok take no bytes for pictures: they fetch them. The address is signed, so
that nobody can guess one; it ends after an hour; and it leads nowhere unless that very publication
is being sent, is looked for, or waits for another try: what the platform prepared for the earlier
one it may still be fetching. What it gives is what was approved and is about to be public.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from content.models import Attempt, Publication
from content.models.media import MediaFile
from govsocial.platforms.guard import HostInvalid, base_url

SALT = "content.media_addresses"
LIFETIME_SECONDS = 3600
_OPEN = (Publication.Status.SENDING, Publication.Status.UNCONFIRMED)


def can_be_fetched() -> bool:
    """Whether platforms on the Internet can reach this installation. Training platforms fetch from
    this very machine."""
    if settings.TRAINING:
        return True
    try:
        base_url(settings.SITE_URL)
    except HostInvalid:
        return False
    return True


def signed_address(publication: Publication, sha256: str) -> str | None:
    """The full address of a picture or the film of ``publication``, good for ``LIFETIME_SECONDS``;
    None where no platform could fetch from it."""
    if not can_be_fetched():
        return None
    token = signing.dumps([publication.pk, sha256], salt=SALT)
    return settings.SITE_URL.rstrip("/") + reverse("content:signed_media", args=[token])


def media_at(token: str) -> MediaFile | None:
    """What is behind a token; None when forged, too old, or of nothing that is being sent."""
    try:
        publication_id, sha256 = signing.loads(token, salt=SALT, max_age=LIFETIME_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    tried = Exists(Attempt.objects.filter(publication=OuterRef("pk")))
    under_way = Q(status__in=_OPEN) | Q(tried, status=Publication.Status.SCHEDULED)
    publication = (
        Publication.objects.filter(under_way, pk=publication_id).select_related("version").first()
    )
    if publication is None:
        return None
    document = publication.version.content()
    film = [document.film] if document.film else []
    for item in (*document.sent_to(publication.official_account_id).images, *film):
        if item.sha256 == sha256:
            return MediaFile(sha256=sha256, media_type=item.media_type)
    return None
