"""Sign-in with app passwords: access tokens of two hours, refresh tokens that rotate.

Sessions run on the server's own time and never on the moment asked for with ``X-Training-Clock``.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any

from govsocial.training.agency import BY_KEY, TrainingAccount
from govsocial.training.http import Request, Response
from govsocial.training.state import Session, State, TokenKind

ACCESS_SECONDS = 2 * 3600
REFRESH_SECONDS = 90 * 86400


class Refused(Exception):
    """A call without the right to make it."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name


def did_document(account: TrainingAccount, base: str) -> dict[str, Any]:
    """The DID document; ``base`` is where the account's data server is."""
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/secp256k1-2019/v1",
        ],
        "id": account.platform_id,
        "alsoKnownAs": [f"at://{account.handle}"],
        "verificationMethod": [
            {
                "id": "#atproto",
                "type": "EcdsaSecp256k1VerificationKey2019",
                "controller": account.platform_id,
                "publicKeyMultibase": "zTrainingOnlyNotAKey",
            }
        ],
        "service": [
            {
                "id": "#atproto_pds",
                "type": "AtprotoPersonalDataServer",
                "serviceEndpoint": base,
            }
        ],
    }


class Sessions:
    """``com.atproto.server.*Session``, and who a token belongs to."""

    def __init__(
        self, state: State, account_named: Callable[[str | None], TrainingAccount | None]
    ) -> None:
        self._state = state
        self._account_named = account_named

    def create(self, request: Request) -> Response:
        identifier, password = request.json.get("identifier"), request.json.get("password")
        if not isinstance(identifier, str) or not isinstance(password, str):
            raise Refused(400, "InvalidRequest", "Input must have identifier and password")
        account = self._account_named(identifier) or next(
            (a for a in BY_KEY.values() if a.platform == "bluesky" and a.email == identifier), None
        )
        if account is None or not hmac.compare_digest(account.secret.encode(), password.encode()):
            raise Refused(401, "AuthenticationRequired", "Invalid identifier or password")
        return Response.json(self._opened(account, request, family=None))

    def refresh(self, request: Request) -> Response:
        session = self._session(request, "refresh")
        return Response.json(self._opened(BY_KEY[session.account], request, family=session.family))

    def delete(self, request: Request) -> Response:
        self._state.revoke_family(self._session(request, "refresh").family)
        return Response(200, b"", {})

    def get(self, request: Request) -> Response:
        account = self.require(request)
        return Response.json(self._about(account, request))

    def require(self, request: Request) -> TrainingAccount:
        """The account of the access token. Raises ``Refused``."""
        return BY_KEY[self._session(request, "access").account]

    def _session(self, request: Request, kind: TokenKind) -> Session:
        if request.bearer is None:
            raise Refused(401, "AuthMissing", "Authentication Required")
        session = self._state.session(request.bearer)
        if session is None:
            raise Refused(400, "InvalidToken", "Token could not be verified")
        if session.kind != kind:
            raise Refused(400, "InvalidToken", "Bad token scope")
        if session.revoked:
            raise Refused(400, "ExpiredToken", "Token has been revoked")
        if session.expires <= request.wall:
            raise Refused(400, "ExpiredToken", "Token has expired")
        return session

    def _opened(
        self, account: TrainingAccount, request: Request, *, family: str | None
    ) -> dict[str, Any]:
        access_ends, refresh_ends = request.wall + ACCESS_SECONDS, request.wall + REFRESH_SECONDS
        access = _token("at+jwt", "com.atproto.appPass", account, request.wall, access_ends)
        refresh = _token("refresh+jwt", "com.atproto.refresh", account, request.wall, refresh_ends)
        self._state.open_session(
            account=account.key,
            tokens={"access": (access, access_ends), "refresh": (refresh, refresh_ends)},
            family=family,
        )
        return {"accessJwt": access, "refreshJwt": refresh, **self._about(account, request)}

    def _about(self, account: TrainingAccount, request: Request) -> dict[str, Any]:
        return {
            "did": account.platform_id,
            "didDoc": did_document(account, request.base),
            "handle": account.handle,
            "email": account.email,
            "emailConfirmed": True,
            "active": True,
        }


def _token(kind: str, scope: str, account: TrainingAccount, issued: float, ends: float) -> str:
    """A token in the form of a JWT: clients may read its expiry, the server looks it up whole."""

    def part(value: dict[str, Any]) -> str:
        text = json.dumps(value, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    claims = {
        "scope": scope,
        "sub": account.platform_id,
        "iat": int(issued),
        "exp": int(ends),
        "aud": "did:web:latihan.test",
        "jti": secrets.token_urlsafe(12),
    }
    return f"{part({'typ': kind, 'alg': 'HS256'})}.{part(claims)}.{secrets.token_urlsafe(32)}"
