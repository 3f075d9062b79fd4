"""Threads (graph.threads.net). Consent gives a token of 60 days that is renewed every week."""

from __future__ import annotations

from govsocial.platforms.budget import Quota, Scope, Told
from govsocial.platforms.spec import Addresses, Connection, Spec
from govsocial.platforms.threads.account import CALLS, RENEW_BEFORE
from govsocial.platforms.threads.answers import DEFINITION
from govsocial.platforms.threads.client import TO_REPLY, ThreadsClient
from govsocial.platforms.threads.consent import ThreadsAuthorisation

_DAY = 24 * 3600


def _client(connection: Connection) -> ThreadsClient:
    return ThreadsClient(connection)


def _authorisation(connection: Connection) -> ThreadsAuthorisation:
    return ThreadsAuthorisation(connection)


SPEC = Spec(
    client=_client,
    definitions={
        DEFINITION: {
            "followers": "followers_count",
            "likes": "likes",
            "comments": "replies",
            "shares": "reposts",
            "quotes": "quotes",
            "views": "views",
            "day_views": "views",
        }
    },
    addresses=Addresses(api="https://graph.threads.net", web="https://www.threads.com"),
    authorisation=_authorisation,
    to_answer=TO_REPLY,
    renew_before=RENEW_BEFORE,
    # Its documentation speaks of app-scoped users, and not of what else the id would be.
    id_of_application=True,
    told=Told(usage=True),
    quotas=(
        Quota(
            name=CALLS,
            amount=4_800,
            seconds=_DAY,
            scope=Scope.ACCOUNT,
            reserve=300,
            source=(
                "Threads API documentation, overview: 4,800 calls in 24 hours for each impression, "
                "so at least this; usage headers tell the rest"
            ),
        ),
        Quota(
            name="threads posts",
            amount=250,
            seconds=_DAY,
            scope=Scope.ACCOUNT,
            source="Threads API documentation, overview; /me/threads_publishing_limit",
        ),
        Quota(
            name="threads replies",
            amount=1_000,
            seconds=_DAY,
            scope=Scope.ACCOUNT,
            source="Threads API documentation, replies; reply_config of the same call",
        ),
        Quota(
            name="threads deletes",
            amount=100,
            seconds=_DAY,
            scope=Scope.ACCOUNT,
            source="Threads API documentation, overview; delete_config of the same call",
        ),
    ),
)
