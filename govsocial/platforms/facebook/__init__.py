"""Facebook Pages. The secret is a Page's own token, chosen after a person's consent."""

from __future__ import annotations

from govsocial.platforms.budget import Told
from govsocial.platforms.facebook.client import DEFINITION, FacebookClient
from govsocial.platforms.facebook.comments import MAY_COMMENT
from govsocial.platforms.meta.consent import (
    ADDRESSES,
    QUOTAS,
    MetaAuthorisation,
    consent_of,
    pages,
)
from govsocial.platforms.oauth import Authorisation
from govsocial.platforms.spec import Connection, Spec

SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "pages_manage_engagement",
    "read_insights",
    "business_management",
)


def _authorisation(connection: Connection) -> Authorisation:
    return MetaAuthorisation(connection, scopes=SCOPES, accounts=pages)


SPEC = Spec(
    client=FacebookClient,
    definitions={
        DEFINITION: {
            "followers": "followers_count",
            "likes": "reactions.summary.total_count",
            "comments": "comments.summary.total_count",
            "shares": "shares.count",
            "views": "post_media_view",
            "reach": "post_total_media_view_unique",
            "link_clicks": "post_clicks",
            "video_views": "post_media_view",
            "day_followers_gained": "page_daily_follows_unique",
            "day_views": "page_media_view",
            "day_reach": "page_total_media_view_unique",
            "day_engagements": "page_post_engagements",
        }
    },
    addresses=ADDRESSES,
    authorisation=_authorisation,
    told=Told(usage=True),
    quotas=QUOTAS,
    consent_of=consent_of,
    to_answer=(MAY_COMMENT,),
)
