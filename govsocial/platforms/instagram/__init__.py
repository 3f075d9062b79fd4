"""Instagram's professional accounts, through the Facebook Page that each is linked to.

The secret is that Page's own token, chosen after a person's consent.
"""

from __future__ import annotations

from govsocial.platforms.budget import Told
from govsocial.platforms.instagram.client import DEFINITION, InstagramClient
from govsocial.platforms.instagram.comments import MAY_COMMENT
from govsocial.platforms.meta.consent import (
    ADDRESSES,
    QUOTAS,
    MetaAuthorisation,
    consent_of,
    instagram_accounts,
)
from govsocial.platforms.oauth import Authorisation
from govsocial.platforms.spec import Connection, Spec

SCOPES = (
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "pages_show_list",
    "pages_read_engagement",
    "business_management",
)


def _authorisation(connection: Connection) -> Authorisation:
    return MetaAuthorisation(connection, scopes=SCOPES, accounts=instagram_accounts)


SPEC = Spec(
    client=InstagramClient,
    definitions={
        DEFINITION: {
            "followers": "followers_count",
            "following": "follows_count",
            "posts": "media_count",
            "likes": "like_count",
            "comments": "comments_count",
            "shares": "shares",
            "saves": "saved",
            "views": "views",
            "reach": "reach",
            "profile_clicks": "profile_visits",
            "video_views": "views",
            "watch_seconds": "ig_reels_video_view_total_time",
            "engagements": "total_interactions",
            "day_followers_gained": "follower_count",
            "day_views": "views",
            "day_reach": "reach",
            "day_engagements": "total_interactions",
            "day_link_clicks": "profile_links_taps",
        }
    },
    addresses=ADDRESSES,
    authorisation=_authorisation,
    told=Told(usage=True),
    quotas=QUOTAS,
    consent_of=consent_of,
    to_answer=(MAY_COMMENT,),
)
