"""Bluesky (AT Protocol). The secret is an app password and the session that it gives."""

from __future__ import annotations

from govsocial.platforms.bluesky.account import QUOTAS, session_in
from govsocial.platforms.bluesky.client import DEFINITION, BlueskyClient
from govsocial.platforms.bluesky.identity import home
from govsocial.platforms.bluesky.tid import new_tid
from govsocial.platforms.budget import Told
from govsocial.platforms.spec import Connection, Spec


def _client(connection: Connection) -> BlueskyClient:
    return BlueskyClient(
        handle=connection.handle, session=connection.session(), secrets=connection.secrets
    )


SPEC = Spec(
    client=_client,
    new_key=new_tid,
    lists_answers=True,
    definitions={
        DEFINITION: {
            "followers": "followersCount",
            "following": "followsCount",
            "posts": "postsCount",
            "likes": "likeCount",
            "comments": "replyCount",
            "shares": "repostCount",
            "quotes": "quoteCount",
            "saves": "bookmarkCount",
        }
    },
    session_in=session_in,
    home=home,
    told=Told(windows="ratelimit-"),
    quotas=QUOTAS,
    tried_against_platform=True,
)
