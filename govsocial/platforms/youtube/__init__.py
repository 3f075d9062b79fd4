"""YouTube. The secret holds what consent at Google gives: an access token and a refresh token."""

from __future__ import annotations

from govsocial.platforms.budget import Quota, Scope
from govsocial.platforms.oauth import Authorisation
from govsocial.platforms.spec import Addresses, Connection, Spec
from govsocial.platforms.youtube.account import INSERTS, UNITS
from govsocial.platforms.youtube.client import DEFINITION, RENEW_BEFORE, YouTubeClient
from govsocial.platforms.youtube.consent import CHANGE, GoogleAuthorisation
from govsocial.platforms.youtube.failures import ZONE

_API = "https://youtube.googleapis.com"
_SITE = "https://www.youtube.com"
_ADDRESSES = Addresses(
    _API,
    web="https://accounts.google.com",
    token="https://oauth2.googleapis.com",  # noqa: S106 - an address
    upload=_API,
    analytics="https://youtubeanalytics.googleapis.com",
)
_DAY = 86_400
_SOURCE = "YouTube Data API, quota calculator of 2026: inserts have a bucket of their own"


def _site(connection: Connection) -> str:
    """Where people see films: the site, or the training server in its place."""
    return _SITE if connection.addresses == _ADDRESSES else connection.addresses.web


def _client(connection: Connection) -> YouTubeClient:
    return YouTubeClient(connection, site=_site(connection))


def _authorisation(connection: Connection) -> Authorisation:
    return GoogleAuthorisation(connection, site=_site(connection))


SPEC = Spec(
    client=_client,
    addresses=_ADDRESSES,
    authorisation=_authorisation,
    to_answer=(CHANGE,),
    renew_before=RENEW_BEFORE,
    definitions={
        DEFINITION: {
            "followers": "subscriberCount",
            "posts": "videoCount",
            "likes": "likeCount",
            "comments": "commentCount",
            "shares": "shares",
            "views": "viewCount",
            "video_views": "viewCount",
            "watch_seconds": "estimatedMinutesWatched",
            "day_followers_gained": "subscribersGained",
            "day_views": "views",
            "day_watch_seconds": "estimatedMinutesWatched",
        }
    },
    quotas=(
        Quota(
            name=UNITS,
            amount=10_000,
            seconds=_DAY,
            scope=Scope.APP,
            reserve=500,
            zone=ZONE,
            source=_SOURCE,
        ),
        Quota(name=INSERTS, amount=100, seconds=_DAY, scope=Scope.APP, zone=ZONE, source=_SOURCE),
    ),
    # Google tells who agreed only to applications that ask for it; a consent is for one channel.
    consent_of=lambda secret: secret.get("account_id"),
)
