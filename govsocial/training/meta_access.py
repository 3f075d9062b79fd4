"""Tokens of the Graph API: of the application, of a person, of a Page; and what a person grants."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from govsocial.training.agency import ACCOUNTS, APPS, BY_KEY, TrainingAccount
from govsocial.training.app_consent import Consents, is_application
from govsocial.training.http import Request, Response
from govsocial.training.ids import digest_of
from govsocial.training.meta_graph import GraphError, listing, param
from govsocial.training.state import State, Thing

PLATFORMS = ("facebook", "instagram")
SHORT_SECONDS = 3600
LONG_SECONDS = 60 * 86400
DATA_ACCESS_SECONDS = 90 * 86400
CODE_SECONDS = 600
PERSON = ("10229041876543210", "Admin Humas Samudra")
TASKS = ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"]
_TOKEN, _CONSENT, _PERSON = "meta:token", "meta:consent", "meta:person"

PAGES = [account for account in ACCOUNTS if account.platform == "facebook"]
INSTAGRAMS = [account for account in ACCOUNTS if account.platform == "instagram"]
_BY_SECRET = {account.secret: account for account in (*PAGES, *INSTAGRAMS)}


def page_of(account: TrainingAccount) -> TrainingAccount | None:
    """The Page that an Instagram account is linked to."""
    return next((page for page in PAGES if page.unit == account.unit), None)


def instagram_of(page: TrainingAccount) -> TrainingAccount | None:
    return next((one for one in INSTAGRAMS if one.unit == page.unit), None)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token stands for: a person, or a Page and the Instagram account linked to it."""

    page: TrainingAccount | None
    scopes: frozenset[str] | None
    """None: every right."""
    family: str = ""
    app: str = ""

    def may(self, scope: str) -> None:
        """Raises ``GraphError`` without the right."""
        if self.scopes is not None and scope not in self.scopes:
            raise GraphError(200, f"Requires {scope} permission", status=403)


class Access:
    """Everything about tokens below ``/oauth``, ``/me`` and ``/debug_token``.

    An account's own secret is taken as a token of its Page without end, for seeding.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.consents = {
            APPS[platform][0]: Consents(
                state,
                platform=platform,
                name=platform.capitalize(),
                account=next(one for one in ACCOUNTS if one.platform == platform),
                path="/v26.0/dialog/oauth",
                code_seconds=CODE_SECONDS,
                pkce=False,
            )
            for platform in PLATFORMS
        }

    def ask(self, request: Request) -> Response:
        """The page of consent, for whichever application asks."""
        chosen = self.consents.get(param(request, "client_id"))
        return (chosen or next(iter(self.consents.values()))).handle(request)

    def account_of(self, token: str) -> TrainingAccount | None:
        """The account of a token, good or not."""
        known = _BY_SECRET.get(token)
        kept = self._state.thing(_TOKEN, digest_of(token)) if known is None else None
        return known or (BY_KEY.get(kept.account) if kept is not None else None)

    def holder(self, request: Request) -> Holder:
        """Raises ``GraphError`` for a token that is missing, unknown, run out or taken back."""
        token = token_of(request)
        if not token:
            raise GraphError(104, "An access token is required to request this resource.")
        account = _BY_SECRET.get(token)
        if account is not None:
            page = account if account.platform == "facebook" else page_of(account)
            return Holder(page, None)
        kept = self._state.thing(_TOKEN, digest_of(token))
        if kept is None:
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
        self._check(kept, request)
        _check_proof(request, token, str(kept.value["app"]))
        scopes = self._scopes(str(kept.value["family"]))
        if scopes is None:
            raise GraphError(190, "The user has not authorized application", subcode=458)
        page = BY_KEY.get(kept.account)
        return Holder(page, scopes, str(kept.value["family"]), str(kept.value["app"]))

    def token(self, request: Request) -> Response:
        """A code for a short token, or a short one for a long one."""
        app = self._application(param(request, "client_id"), param(request, "client_secret"))
        if param(request, "grant_type") == "fb_exchange_token":
            return self._longer(param(request, "fb_exchange_token"), app, request)
        grant = self.consents[APPS[app][0]].take(
            param(request, "code"),
            redirect_uri=param(request, "redirect_uri"),
            verifier="",
            now=request.wall,
        )
        if grant is None:
            raise GraphError(100, "This authorization code has been used.", subcode=36009)
        family = secrets.token_hex(8)
        value = {"scopes": list(grant.scopes), "app": app, "round": self._round(app)}
        self._state.put_thing(_CONSENT, family, account="", at=request.wall, value=value)
        token = self._person_token(family, app, SHORT_SECONDS, request)
        return _bearer(token, SHORT_SECONDS)

    def debugged(self, request: Request) -> Response:
        """``/debug_token``: asked for with the application's own token."""
        app_id, _, app_secret = token_of(request).partition("|")
        app = self._application(app_id, app_secret)
        asked = param(request, "input_token")
        kept = self._state.thing(_TOKEN, digest_of(asked))
        if kept is None:
            if asked in _BY_SECRET:
                return Response.json({"data": {"is_valid": True, "scopes": list(_EVERYTHING)}})
            return Response.json({"data": {"is_valid": False, "scopes": []}})
        scopes = self._scopes(str(kept.value["family"]))
        expires = float(kept.value["expires"])
        data: dict[str, Any] = {
            "app_id": APPS[app][0],
            "type": "PAGE" if kept.account else "USER",
            "application": "Latihan",
            "is_valid": scopes is not None and (not expires or expires > request.wall),
            "expires_at": int(expires),
            "data_access_expires_at": int(kept.at + DATA_ACCESS_SECONDS),
            "scopes": sorted(scopes or ()),
            "user_id": PERSON[0],
        }
        if kept.account:
            data["profile_id"] = BY_KEY[kept.account].platform_id
        return Response.json({"data": data})

    def person(self, request: Request, holder: Holder) -> Response:
        return Response.json({"id": PERSON[0], "name": PERSON[1]})

    def accounts(self, request: Request, holder: Holder) -> Response:
        """The Pages of the person, each with its own token and its Instagram account."""
        if holder.page is not None:
            raise GraphError(100, "Tried accessing nonexisting field (accounts)")
        shown = holder.scopes is None or "pages_show_list" in holder.scopes
        data = [self._managed(page, holder, request) for page in PAGES if shown]
        return listing(request, data, [page["id"] for page in data], more=False)

    def permissions(self, request: Request, holder: Holder) -> Response:
        data = [{"permission": scope, "status": "granted"} for scope in sorted(holder.scopes or ())]
        return Response.json({"data": data})

    def revoke(self, request: Request, holder: Holder) -> Response:
        """Take the person's consents back, and with them every token that came from them."""
        if holder.page is not None:
            raise GraphError(100, "A page access token cannot be used here")
        return self._end(holder.app, request)

    def revoke_person(self, request: Request) -> Response:
        """The same with the application's own token, about the person by number."""
        app_id, _, app_secret = token_of(request).partition("|")
        return self._end(self._application(app_id, app_secret), request)

    def _end(self, app: str, request: Request) -> Response:
        value = {"round": self._round(app) + 1}
        self._state.put_thing(_PERSON, app, account="", at=request.wall, value=value)
        return Response.json({"success": True})

    def _round(self, app: str) -> int:
        """How often the person has taken back what this application was granted."""
        kept = self._state.thing(_PERSON, app)
        return int(kept.value["round"]) if kept is not None else 0

    def _managed(self, page: TrainingAccount, holder: Holder, request: Request) -> dict[str, Any]:
        made = f"{page.secret}|{holder.family}"
        token = f"EAALatihan{hashlib.sha512(made.encode()).hexdigest()}"
        self._keep(token, holder.family, holder.app, page.key, 0.0, request)
        linked = instagram_of(page)
        value: dict[str, Any] = {
            "id": page.platform_id,
            "name": page.display_name,
            "username": page.handle,
            "link": f"{request.base}/facebook/{page.handle}",
            "category": "Government Organization",
            "access_token": token,
            "tasks": TASKS,
        }
        if linked is not None:
            value["instagram_business_account"] = {
                "id": linked.platform_id,
                "username": linked.handle,
                "name": linked.display_name,
            }
        return value

    def _application(self, app_id: str, app_secret: str) -> str:
        for platform in PLATFORMS:
            if is_application(platform, app_id, app_secret):
                return platform
        if any(app_id == APPS[platform][0] for platform in PLATFORMS):
            raise GraphError(1, "Error validating client secret.")
        raise GraphError(101, "Error validating application. Cannot get application info")

    def _longer(self, short: str, app: str, request: Request) -> Response:
        kept = self._state.thing(_TOKEN, digest_of(short))
        if kept is None or kept.account or kept.value["app"] != app:
            raise GraphError(190, "Invalid OAuth access token")
        self._check(kept, request)
        token = self._person_token(str(kept.value["family"]), app, LONG_SECONDS, request)
        return _bearer(token, LONG_SECONDS)

    def _person_token(self, family: str, app: str, seconds: int, request: Request) -> str:
        token = f"EAALatihan{secrets.token_hex(60)}"
        self._keep(token, family, app, "", request.wall + seconds, request)
        return token

    def _keep(
        self, token: str, family: str, app: str, account: str, expires: float, request: Request
    ) -> None:
        value = {"family": family, "app": app, "expires": expires}
        self._state.put_thing(
            _TOKEN, digest_of(token), account=account, at=request.wall, value=value
        )

    @staticmethod
    def _check(kept: Thing, request: Request) -> None:
        expires = float(kept.value["expires"])
        if expires and expires <= request.wall:
            raise GraphError(190, "Session has expired", subcode=463)

    def _scopes(self, family: str) -> frozenset[str] | None:
        """What was granted; None once it was taken back."""
        consent = self._state.thing(_CONSENT, family)
        if consent is None or consent.value["round"] != self._round(str(consent.value["app"])):
            return None
        return frozenset(consent.value["scopes"])


_EVERYTHING = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "pages_manage_engagement",
    "read_insights",
    "business_management",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
)


def token_of(request: Request) -> str:
    """The token of a call, from its header, its address or its form."""
    return request.bearer or param(request, "access_token")


def _check_proof(request: Request, token: str, app: str) -> None:
    proof = param(request, "appsecret_proof")
    if not proof:
        return
    right = hmac.new(APPS[app][1].encode(), token.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, proof):
        raise GraphError(100, "Invalid appsecret_proof provided in the API argument")


def _bearer(token: str, seconds: int) -> Response:
    return Response.json({"access_token": token, "token_type": "bearer", "expires_in": seconds})
