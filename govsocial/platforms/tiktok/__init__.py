"""TikTok. The secret holds an access token of a day and a refresh token of a year that rotates."""

from __future__ import annotations

from govsocial.platforms.budget import Quota, Scope
from govsocial.platforms.oauth import Authorisation
from govsocial.platforms.spec import Addresses, Connection, Spec
from govsocial.platforms.tiktok.client import (
    DEFINITION,
    RENEW_BEFORE,
    USER_INFO,
    VIDEO_LIST,
    VIDEO_QUERY,
    TikTokClient,
)
from govsocial.platforms.tiktok.consent import TikTokAuthorisation
from govsocial.platforms.tiktok.publishing import BEGIN, CREATOR, POSTS, STATUS

_SITE = "https://www.tiktok.com"
_ADDRESSES = Addresses(
    "https://open.tiktokapis.com",
    web=_SITE,
    upload="https://open-upload.tiktokapis.com",
)
_MINUTE, _DAY = 60, 86_400
_RATES = "TikTok for Developers, API rate limits: calls in a minute"
_POSTING = "TikTok for Developers, Content Posting API: calls in a minute with one token"


def _client(connection: Connection) -> TikTokClient:
    return TikTokClient(connection, site=connection.addresses.web)


def _authorisation(connection: Connection) -> Authorisation:
    return TikTokAuthorisation(connection, site=connection.addresses.web)


def _reading(name: str) -> Quota:
    return Quota(name=name, amount=600, seconds=_MINUTE, scope=Scope.APP, source=_RATES)


def _posting(name: str, amount: int) -> Quota:
    return Quota(name=name, amount=amount, seconds=_MINUTE, scope=Scope.ACCOUNT, source=_POSTING)


SPEC = Spec(
    client=_client,
    addresses=_ADDRESSES,
    authorisation=_authorisation,
    renew_before=RENEW_BEFORE,
    # open_id; what is the same for all (union_id) is so for one developer only.
    id_of_application=True,
    definitions={
        DEFINITION: {
            "followers": "follower_count",
            "following": "following_count",
            "posts": "video_count",
            "likes": "like_count",
            "comments": "comment_count",
            "shares": "share_count",
            "views": "view_count",
            "video_views": "view_count",
        }
    },
    quotas=(
        _reading(USER_INFO),
        _reading(VIDEO_LIST),
        _reading(VIDEO_QUERY),
        _posting(CREATOR, 20),
        _posting(BEGIN, 6),
        _posting(STATUS, 30),
        Quota(
            name=POSTS,
            amount=15,
            seconds=_DAY,
            scope=Scope.ACCOUNT,
            source="third parties, 2026: about 15 posts a day, other applications included",
        ),
    ),
    # A consent at TikTok is for one account.
    consent_of=lambda secret: secret.get("account_id"),
)
