"""The agency's website or blog, read by its feed (RSS, Atom, JSON Feed). Nothing is published.

No secret is needed. What stands in its place is the business of this client alone: ``feed_url``
(typed or chosen by a person; found on the site's home page when missing), ``account_id`` (the
feed's lasting identity), and what saves work: ``etag``, ``last_modified``, ``read_at``, ``title``,
``home``, ``first_seen``.
"""

from __future__ import annotations

from govsocial.platforms.feed.client import DEFINITION, FeedClient
from govsocial.platforms.feed.fetching import MOST_BYTES
from govsocial.platforms.spec import Connection, Spec


def _client(connection: Connection) -> FeedClient:
    session = connection.session()
    session.max_answer = MOST_BYTES
    return FeedClient(session=session, handle=connection.handle, store=connection.secrets)


SPEC = Spec(
    client=_client,
    # A feed counts nothing.
    definitions={DEFINITION: {}},
    read_only=True,
    tried_against_platform=True,
)
