"""Consent through Facebook Login: one person's consent reaches Pages and their Instagram accounts.

What is stored for an account is its Page's own token. It has no end of its own, but the person's
consent to reading data has (90 days): that is its ``expires_at``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TypeAlias
from urllib.parse import urlencode

from govsocial.platforms.base import Secret
from govsocial.platforms.budget import Quota, Scope
from govsocial.platforms.errors import (
    AuthRevoked,
    NotFound,
    NotOffered,
    OperatorNeeded,
    PermissionMissing,
)
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.keeping import web_link
from govsocial.platforms.meta.graph import (
    QUOTA,
    VERSION,
    Answered,
    Graph,
    Listing,
    segment,
)
from govsocial.platforms.oauth import Choice, Seconds, missing_scopes, moment_after, moment_at
from govsocial.platforms.spec import Addresses, Connection

ADDRESSES = Addresses(
    "https://graph.facebook.com",
    web="https://www.facebook.com",
    upload="https://graph-video.facebook.com",
)
INSTAGRAM = "https://www.instagram.com"
QUOTAS = (
    Quota(
        name=QUOTA,
        amount=4_800,
        seconds=86_400,
        scope=Scope.ACCOUNT,
        reserve=300,
        source=(
            "Graph API, rate limiting (business use cases): 4,800 calls in 24 hours for each "
            "person engaged or impression, so at least this; usage headers tell the rest"
        ),
    ),
)
PAGES_READ = 100
"""Pages of /me/accounts that are read at most, a hundred accounts each."""
_TASKS = {
    "pages_manage_posts": "CREATE_CONTENT",
    "instagram_content_publish": "CREATE_CONTENT",
    "pages_manage_engagement": "MODERATE",
    "instagram_manage_comments": "MODERATE",
}
"""What a person must be allowed to do on a Page for a right to publish or comment there."""
_ACCOUNT_FIELDS = (
    "id,name,username,link,access_token,tasks,instagram_business_account{id,username,name}"
)


class _Token(Answered):
    access_token: str
    expires_in: Seconds = None


class InstagramAccount(Answered):
    id: str
    username: str | None = None
    name: str | None = None


class ManagedPage(Answered):
    """A Page that the person works for."""

    id: str
    name: str | None = None
    username: str | None = None
    link: str | None = None
    access_token: str | None = None
    tasks: list[str] | None = None
    instagram_business_account: InstagramAccount | None = None


Accounts: TypeAlias = Callable[[ManagedPage, Secret, Addresses], Choice | None]
"""The account that a Page stands for on one platform, with the secret given; None for none."""


def pages(page: ManagedPage, secret: Secret, addresses: Addresses) -> Choice:
    """Facebook: the Page itself."""
    return Choice(
        platform_id=page.id,
        handle=page.username or page.id,
        display_name=page.name or "",
        url=web_link(page.link) or f"{addresses.web}/{page.id}",
        secret={**secret, "account_id": page.id},
    )


def instagram_accounts(page: ManagedPage, secret: Secret, addresses: Addresses) -> Choice | None:
    """Instagram: the professional account that is linked to the Page."""
    account = page.instagram_business_account
    if account is None:
        return None
    return Choice(
        platform_id=account.id,
        handle=account.username or account.id,
        display_name=account.name or "",
        url=instagram_profile(addresses, account.username or account.id),
        secret={**secret, "account_id": account.id},
    )


def instagram_profile(addresses: Addresses, username: str) -> str:
    """The page of an account; where the API is elsewhere, on the same server."""
    base = INSTAGRAM if addresses == ADDRESSES else addresses.web
    return f"{base}/{username}/"


def consent_of(secret: Secret) -> str | None:
    """The person who agreed, numbered as the application sees people, on both platforms alike."""
    return secret.get("user_id")


class MetaAuthorisation:
    """Facebook Login for one platform."""

    pkce = False

    def __init__(
        self, connection: Connection, *, scopes: Sequence[str], accounts: Accounts
    ) -> None:
        if connection.app is None:
            raise OperatorNeeded("No application is registered for this platform.")
        self.scopes = scopes
        self._app = connection.app
        self._accounts = accounts
        self._addresses = connection.addresses
        self._graph = Graph(connection)

    def address(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Asks again for rights that were declined before (``auth_type``)."""
        query = {
            "client_id": self._app.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": ",".join(self.scopes),
            "response_type": "code",
            "auth_type": "rerequest",
        }
        return f"{self._addresses.web}/{VERSION}/dialog/oauth?{urlencode(query)}"

    def exchange(self, *, code: str, redirect_uri: str, verifier: str) -> Secret:
        """The person's token of about 60 days, with what was granted."""
        short = self._token(redirect_uri=redirect_uri, code=code)
        held = self._token(grant_type="fb_exchange_token", fb_exchange_token=short.access_token)
        facts = self._graph.facts(held.access_token)
        if facts is None or not facts.is_valid:
            raise AuthRevoked("The platform does not take the token that it gave.")
        secret = {"access_token": held.access_token, "scope": " ".join(facts.scopes)}
        if facts.user_id:
            secret["user_id"] = facts.user_id
        ends = moment_after(held.expires_in) or moment_at(facts.expires_at)
        consent_ends = moment_at(facts.data_access_expires_at)
        if ends is not None:
            secret["expires_at"] = ends
        if consent_ends is not None:
            secret["data_access_expires_at"] = consent_ends
        return secret

    def choices(self, secret: Secret) -> Sequence[Choice]:
        """Every account that the person may act for, each with the token of its own Page.

        Rights to publish that the person does not have on a Page are not in its ``scope``.
        """
        found: dict[str, Choice] = {}
        for page in self._pages(secret["access_token"]):
            if page.access_token is None:
                continue
            own = {"access_token": page.access_token, "page_id": page.id}
            scope = secret.get("scope", "").split()
            tasks = page.tasks
            if tasks is not None:
                scope = [one for one in scope if _TASKS.get(one) in (None, *tasks)]
            if scope:
                own["scope"] = " ".join(scope)
            if "user_id" in secret:
                own["user_id"] = secret["user_id"]
            if "data_access_expires_at" in secret:
                own["expires_at"] = secret["data_access_expires_at"]
            choice = self._accounts(page, own, self._addresses)
            if choice is not None:
                found[choice.platform_id] = choice
        return list(found.values())

    def revoke(self, secret: Secret) -> None:
        """Take back the person's consent, and with it **every** Page's token that came from it.

        A Page's own token cannot be taken back alone; the application may end the consent of the
        person who gave it. Raises ``NotOffered`` where that person is not known.
        """
        with suppress(AuthRevoked, NotFound):
            if "page_id" not in secret:
                token = secret["access_token"]
                self._graph.call("DELETE", "/me/permissions", effect=Effect.STAGE, token=token)
            elif "user_id" in secret:
                path = f"/{segment(secret['user_id'])}/permissions"
                self._graph.as_application("DELETE", path, effect=Effect.STAGE)
            else:
                raise NotOffered("Only the person who consented can take this consent back.")

    def _token(self, **params: str) -> _Token:
        answer = self._graph.call(
            "GET",
            "/oauth/access_token",
            # A code is good once: never tried again.
            effect=Effect.STAGE,
            token="",
            params={
                "client_id": self._app.client_id,
                "client_secret": self._app.client_secret,
                **params,
            },
        )
        return parse(_Token, answer.json(), answer)

    def _pages(self, token: str) -> Iterator[ManagedPage]:
        cursor: str | None = None
        read: set[str] = set()
        for _ in range(PAGES_READ):
            params = {"fields": _ACCOUNT_FIELDS, "limit": "100"}
            if cursor is not None:
                params["after"] = cursor
            answer = self._graph.call("GET", "/me/accounts", token=token, params=params)
            listing = parse(Listing, answer.json(), answer)
            for raw in listing.data:
                yield parse(ManagedPage, raw, answer)
            cursor = listing.cursor_after(cursor)
            if cursor is None or cursor in read:
                return
            read.add(cursor)


def check_scope(graph: Graph, wanted: str) -> None:
    """Raise ``PermissionMissing`` unless the account's token has the right ``wanted``.

    Meta is asked where the application's secret is known; else what was granted at consent counts.
    """
    secret = graph.secret()
    missing = missing_scopes([wanted], secret)
    if not missing:
        facts = graph.facts(secret["access_token"])
        if facts is not None and not facts.is_valid:
            raise AuthRevoked("The platform no longer takes the token.")
        missing = [wanted] if facts is not None and wanted not in facts.scopes else []
    if missing:
        raise PermissionMissing(f"The token lacks the right {wanted}.")
