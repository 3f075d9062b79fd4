"""Mastodon, and servers that speak its API. The secret is an access token."""

from __future__ import annotations

from govsocial.platforms.budget import Told
from govsocial.platforms.mastodon.client import DEFINITION, QUOTAS, MastodonClient
from govsocial.platforms.mastodon.consent import MastodonAuthorisation, register_app
from govsocial.platforms.spec import Connection, Spec


def _client(connection: Connection) -> MastodonClient:
    return MastodonClient(session=connection.session(), secrets=connection.secrets)


SPEC = Spec(
    client=_client,
    authorisation=MastodonAuthorisation,
    register=register_app,
    lists_answers=True,
    definitions={
        DEFINITION: {
            "followers": "followers_count",
            "following": "following_count",
            "posts": "statuses_count",
            "likes": "favourites_count",
            "comments": "replies_count",
            "shares": "reblogs_count",
            "quotes": "quotes_count",
        }
    },
    told=Told(windows="x-ratelimit-"),
    quotas=QUOTAS,
)
