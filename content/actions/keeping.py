"""What a platform says of a post that is out, brought into what can be kept.

The post is out by then, so nothing here may fail in a way that nobody foresees: what cannot be kept
makes the publication one that must be confirmed, with the reason in words.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_noop

from accounts.addresses import profile_url
from content.models import Publication
from govsocial.platforms.base import PublishedPost
from govsocial.platforms.errors import UnknownOutcome
from govsocial.platforms.keeping import LONGEST_ID, LONGEST_LINK, fits, in_link, web_link

UNKEEPABLE = gettext_noop(
    "The platform tells of the post what cannot be kept, such as no id or a far too long one. It "
    "may be out; look for it on the platform."
)


class Doubtful(UnknownOutcome):
    """What the platform says of the post cannot be taken over; the message says why to people."""


class Unkeepable(Doubtful):
    """The id of the post is none, or does not fit where it would be kept."""

    # The platform will hardly call the same post otherwise: a person is asked.
    permanent = True


def keepable(publication: Publication, published: PublishedPost) -> PublishedPost:
    """``published`` with an address that can be kept. Raises ``Unkeepable`` for its id.

    An address that is none, or that an account's posts share, gives way to that of the account
    with the id behind it: people find the post from there, and no two are the same.
    """
    identity = published.platform_id
    if not identity or not fits(identity, LONGEST_ID):
        raise Unkeepable(UNKEEPABLE)
    link = web_link(published.permalink)
    if link is not None and not _is_of_another(publication, identity, link):
        return published
    account = publication.official_account
    page = account.url or profile_url(account.platform, account.host, account.handle)
    return replace(published, permalink=f"{page}#{in_link(identity)}"[:LONGEST_LINK])


def _is_of_another(publication: Publication, identity: str, link: str) -> bool:
    """Whether a post with another id has the address. One that a person settled has no id: that
    may be this very post, which the constraint of the database then refuses."""
    others = Publication.objects.filter(
        official_account_id=publication.official_account_id, permalink=link
    ).exclude(pk=publication.pk)
    return others.exclude(platform_post_id__in=["", identity]).exists()
