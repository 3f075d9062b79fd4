"""X (API v2). Its calls are billed one by one; the price list is in ``prices``."""

from __future__ import annotations

from govsocial.platforms.budget import Quota, Scope, Told
from govsocial.platforms.spec import Addresses, Connection, Spec
from govsocial.platforms.x.account import RENEW_BEFORE
from govsocial.platforms.x.client import XClient
from govsocial.platforms.x.consent import XAuthorisation
from govsocial.platforms.x.posts import DEFINITION
from govsocial.platforms.x.prices import PRICE_LISTS, Item

_QUARTER = 15 * 60
_LIMITS = "X API documentation, rate limits, August 2026"


def _client(connection: Connection) -> XClient:
    return XClient(connection)


def _authorisation(connection: Connection) -> XAuthorisation:
    return XAuthorisation(connection)


def _a_quarter(name: str, amount: int) -> Quota:
    return Quota(name=name, amount=amount, seconds=_QUARTER, scope=Scope.ACCOUNT, source=_LIMITS)


SPEC = Spec(
    client=_client,
    lists_answers=True,
    definitions={
        DEFINITION: {
            "followers": "followers_count",
            "following": "following_count",
            "posts": "tweet_count",
            "likes": "like_count",
            "comments": "reply_count",
            "shares": "retweet_count",
            "quotes": "quote_count",
            "saves": "bookmark_count",
            "views": "impression_count",
            "link_clicks": "url_link_clicks",
            "profile_clicks": "user_profile_clicks",
            "video_views": "view_count",
            "engagements": "engagements",
        }
    },
    addresses=Addresses(api="https://api.x.com", web="https://x.com"),
    authorisation=_authorisation,
    renew_before=RENEW_BEFORE,
    told=Told(windows="x-rate-limit-"),
    quotas=(
        _a_quarter("x posts", 100),
        Quota(
            name="x posts of three hours",
            amount=300,
            seconds=3 * 3600,
            scope=Scope.ACCOUNT,
            source=_LIMITS,
        ),
        Quota(
            name="x posts of the application",
            amount=10_000,
            seconds=24 * 3600,
            scope=Scope.APP,
            source=_LIMITS,
        ),
        _a_quarter("x deletes", 50),
        _a_quarter("x timeline", 900),
        _a_quarter("x lookup", 900),
        _a_quarter("x profile", 75),
        _a_quarter("x media", 500),
    ),
    price_lists=PRICE_LISTS,
    owner_pays_less=True,
    publishing_items=(
        Item.CREATE_POST,
        Item.CREATE_POST_WITH_URL,
        Item.DELETE_POST,
        Item.MEDIA_METADATA,
    ),
)
