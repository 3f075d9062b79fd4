"""Tokens of X: an access token of two hours, a refresh token that is good for one use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from govsocial.training.agency import ACCOUNTS, BY_KEY, TrainingAccount
from govsocial.training.app_consent import Consents, Grant, basic_credentials, is_application
from govsocial.training.http import Request, Response
from govsocial.training.state import State

ACCESS_SECONDS = 7200
REFRESH_SECONDS = 180 * 86400
CODE_SECONDS = 30
SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")

_MINE = [account for account in ACCOUNTS if account.platform == "x"]
_BY_SECRET = {account.secret: account for account in _MINE}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom an access token acts for, and with which rights."""

    account: TrainingAccount
    scopes: frozenset[str]


class Tokens:
    """``/2/oauth2/token`` and ``/2/oauth2/revoke``, and who an access token belongs to.

    The account's own secret is taken as an access token without end, for seeding.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.consents = Consents(
            state,
            platform="x",
            name="X",
            account=_MINE[0],
            path="/i/oauth2/authorize",
            code_seconds=CODE_SECONDS,
            pkce=True,
        )

    def bearer(self, request: Request) -> Bearer | None:
        token = request.bearer or ""
        if token in _BY_SECRET:
            return Bearer(_BY_SECRET[token], frozenset(SCOPES))
        session = self._state.session(token)
        account = BY_KEY.get(session.account) if session is not None else None
        if (
            session is None
            or account is None
            or account.platform != "x"
            or session.kind != "access"
            or session.revoked
            or session.expires <= request.wall
        ):
            return None
        return Bearer(account, self._scopes(session.family))

    def owner(self, token: str) -> TrainingAccount | None:
        """The account of a token, good or not."""
        session = self._state.session(token)
        found = _BY_SECRET.get(token)
        return found or (BY_KEY.get(session.account) if session is not None else None)

    def forget(self, token: str) -> None:
        """Take back a token and all that came with it."""
        session = self._state.session(token)
        if session is not None:
            self._state.revoke_family(session.family)

    def handle(self, request: Request) -> Response:
        if not is_application("x", *basic_credentials(request)):
            return _refusal(401, "unauthorized_client", "Missing valid authorization header")
        if request.path.endswith("/revoke"):
            self.forget(str(request.field("token") or ""))
            return Response.json({"revoked": True})
        kind = request.field("grant_type")
        if kind == "authorization_code":
            return self._exchange(request)
        if kind == "refresh_token":
            return self._refresh(request)
        return _refusal(400, "unsupported_grant_type", "Unknown grant type")

    def _exchange(self, request: Request) -> Response:
        grant = self.consents.take(
            str(request.field("code") or ""),
            redirect_uri=str(request.field("redirect_uri") or ""),
            verifier=str(request.field("code_verifier") or ""),
            now=request.wall,
        )
        if grant is None:
            message = "Value passed for the authorization code was invalid."
            return _refusal(400, "invalid_request", message)
        return self._opened(grant, request, family=None)

    def _refresh(self, request: Request) -> Response:
        token = str(request.field("refresh_token") or "")
        with self._state.write():
            session = self._state.session(token)
            if session is None or session.kind != "refresh" or session.expires <= request.wall:
                return _refusal(400, "invalid_request", "Value passed for the token was invalid.")
            if session.revoked:
                # A refresh token that comes twice may be stolen: nobody goes on with it.
                self._state.revoke_family(session.family)
                return _refusal(400, "invalid_request", "Value passed for the token was invalid.")
            grant = Grant(BY_KEY[session.account], tuple(self._scopes(session.family)))
            return self._opened(grant, request, family=session.family)

    def _opened(self, grant: Grant, request: Request, *, family: str | None) -> Response:
        access, refresh = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        self._state.open_session(
            account=grant.account.key,
            tokens={
                "access": (access, request.wall + ACCESS_SECONDS),
                "refresh": (refresh, request.wall + REFRESH_SECONDS),
            },
            family=family,
        )
        opened = self._state.session(access)
        scopes = [scope for scope in SCOPES if scope in grant.scopes]
        if opened is not None and family is None:
            self._state.put_thing(
                "x:grant",
                opened.family,
                account=grant.account.key,
                at=request.wall,
                value={"scope": " ".join(scopes)},
            )
        told = {
            "token_type": "bearer",
            "expires_in": ACCESS_SECONDS,
            "access_token": access,
            "scope": " ".join(scopes),
        }
        if "offline.access" in scopes:
            told["refresh_token"] = refresh
        return Response.json(told)

    def _scopes(self, family: str) -> frozenset[str]:
        kept = self._state.thing("x:grant", family)
        return frozenset(str(kept.value["scope"]).split() if kept is not None else ())


def _refusal(status: int, error: str, message: str) -> Response:
    return Response.json({"error": error, "error_description": message}, status)
