"""Tokens of Threads: one of an hour for the code, one of 60 days for that, renewed from itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from govsocial.training.agency import ACCOUNTS, BY_KEY, TrainingAccount
from govsocial.training.app_consent import Consents, is_application
from govsocial.training.http import Request, Response
from govsocial.training.ids import digest_of
from govsocial.training.meta_graph import GraphError, param
from govsocial.training.state import State, Thing

SHORT_SECONDS = 3600
LONG_SECONDS = 5_183_944
YOUNGEST_RENEWED = 86_400
CODE_SECONDS = 600
SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_manage_insights",
    "threads_delete",
    "threads_manage_replies",
    "threads_read_replies",
)
_TOKEN = "threads:token"  # noqa: S105 - the name of a kind

_MINE = [account for account in ACCOUNTS if account.platform == "threads"]
_BY_SECRET = {account.secret: account for account in _MINE}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token acts for, and with which rights."""

    account: TrainingAccount
    scopes: tuple[str, ...]

    def may(self, scope: str) -> None:
        """Raises ``GraphError`` without the right."""
        if scope not in self.scopes:
            raise GraphError(10, f"Application does not have permission ({scope})", status=403)


class Tokens:
    """The token endpoints, and who a token belongs to.

    The account's own secret is taken as a token without end, for seeding.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.consents = Consents(
            state,
            platform="threads",
            name="Threads",
            account=_MINE[0],
            path="/oauth/authorize",
            code_seconds=CODE_SECONDS,
            pkce=False,
        )

    def account_of(self, token: str) -> TrainingAccount | None:
        """The account of a token, good or not."""
        kept = self._state.thing(_TOKEN, digest_of(token))
        return _BY_SECRET.get(token) or (BY_KEY.get(kept.account) if kept is not None else None)

    def holder(self, request: Request) -> Holder:
        """Raises ``GraphError`` for a token that is missing, unknown or over."""
        token = token_of(request)
        if token in _BY_SECRET:
            return Holder(_BY_SECRET[token], SCOPES)
        kept = self._good(token, request)
        return Holder(BY_KEY[kept.account], tuple(kept.value["scopes"]))

    def exchange(self, request: Request) -> Response:
        """``POST /oauth/access_token``: a code for a token of an hour."""
        _check_application(param(request, "client_secret"), param(request, "client_id"))
        grant = self.consents.take(
            param(request, "code"),
            redirect_uri=param(request, "redirect_uri"),
            verifier="",
            now=request.wall,
        )
        if grant is None or param(request, "grant_type") != "authorization_code":
            raise GraphError(100, "This authorization code has been used.")
        scopes = tuple(scope for scope in SCOPES if scope in grant.scopes)
        token = self._made(grant.account, scopes, SHORT_SECONDS, request)
        user_id = int(grant.account.platform_id)
        return Response.json({"access_token": token, "user_id": user_id})

    def lengthen(self, request: Request) -> Response:
        """``GET /access_token``: a token of 60 days for one of an hour."""
        _check_application(param(request, "client_secret"))
        if param(request, "grant_type") != "th_exchange_token":
            raise GraphError(100, "Invalid grant_type")
        return self._longer(self._good(param(request, "access_token"), request), request)

    def renew(self, request: Request) -> Response:
        """``GET /refresh_access_token``: a fresh token for one that is a day old and not over."""
        if param(request, "grant_type") != "th_refresh_token":
            raise GraphError(100, "Invalid grant_type")
        kept = self._good(param(request, "access_token"), request)
        if request.wall - kept.at < YOUNGEST_RENEWED:
            raise GraphError(100, "The access token is not 24 hours old yet.")
        return self._longer(kept, request)

    def debug(self, request: Request) -> Response:
        asked = param(request, "input_token")
        if asked in _BY_SECRET:
            return Response.json({"data": {"is_valid": True, "scopes": list(SCOPES)}})
        kept = self._state.thing(_TOKEN, digest_of(asked))
        if kept is None:
            return Response.json({"data": {"is_valid": False, "scopes": []}})
        value = kept.value
        data = {
            "type": "USER",
            "application": "Latihan",
            "is_valid": not value["revoked"] and value["expires"] > request.wall,
            "issued_at": int(kept.at),
            "expires_at": int(value["expires"]),
            "scopes": value["scopes"],
            "user_id": BY_KEY[kept.account].platform_id,
        }
        return Response.json({"data": data})

    def end(self, token: str, *, revoked: bool) -> None:
        """Let a token be over, or be taken back."""
        kept = self._state.thing(_TOKEN, digest_of(token))
        if kept is not None:
            value = {**kept.value, "expires": 0.0, "revoked": revoked}
            self._state.put_thing(_TOKEN, kept.key, account=kept.account, at=kept.at, value=value)

    def _good(self, token: str, request: Request) -> Thing:
        kept = self._state.thing(_TOKEN, digest_of(token))
        if kept is None:
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
        if kept.value["revoked"]:
            raise GraphError(190, "The user has not authorized application", subcode=458)
        if kept.value["expires"] <= request.wall:
            raise GraphError(190, "Session has expired", subcode=463)
        return kept

    def _longer(self, kept: Thing, request: Request) -> Response:
        account, scopes = BY_KEY[kept.account], tuple(kept.value["scopes"])
        token = self._made(account, scopes, LONG_SECONDS, request)
        return Response.json(
            {"access_token": token, "token_type": "bearer", "expires_in": LONG_SECONDS}
        )

    def _made(
        self, account: TrainingAccount, scopes: tuple[str, ...], seconds: int, request: Request
    ) -> str:
        token = f"THQVJlatihan{secrets.token_hex(60)}"
        value = {"scopes": scopes, "expires": request.wall + seconds, "revoked": False}
        self._state.put_thing(
            _TOKEN, digest_of(token), account=account.key, at=request.wall, value=value
        )
        return token


def token_of(request: Request) -> str:
    """The token of a call, from its header, its address or its form."""
    return request.bearer or param(request, "access_token")


def _check_application(client_secret: str, client_id: str = "latihan-threads") -> None:
    if not is_application("threads", client_id, client_secret):
        raise GraphError(101, "Error validating application. Cannot get application info")
