"""Applications and consent on Mastodon: registration, the page, codes with PKCE, tokens.

The page asks which of the server's accounts consents, as signing in would. Without a browser, POST
the same fields to the same address with ``decision=allow`` (or ``deny``) and ``account=<handle>``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from govsocial.training.agency import ACCOUNTS, BY_KEY, TrainingAccount
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.ids import digest_of
from govsocial.training.state import State

CODE_SECONDS = 600
#: So that the address of the page can be told from those of other platforms.
CLIENT_PREFIX = "latihan-mastodon-"
PAGE, TOKEN, REVOKE = "/oauth/authorize", "/oauth/token", "/oauth/revoke"
METADATA = "/.well-known/oauth-authorization-server"
APPS = "/api/v1/apps"
SCOPES = ("read", "write", "profile", "follow", "push")

_APP, _CODE, _TOKEN = "mastodon:app", "mastodon:code", "mastodon:token"
_GRANT = "mastodon:grant"
_MINE = {account.handle: account for account in ACCOUNTS if account.platform == "mastodon"}
_FIELDS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


class MastodonOauth:
    """Answers ``/oauth/...`` for applications of Mastodon, and knows whom its tokens act for."""

    def __init__(self, state: State) -> None:
        self._state = state

    def owns(self, request: Request) -> bool:
        if request.path == PAGE:
            asked = request.one("client_id") or ""
            if request.method == "POST" and not asked:
                with suppress(BadBody):
                    asked = str(request.field("client_id") or "")
            return asked.startswith(CLIENT_PREFIX)
        return request.path in {TOKEN, REVOKE, METADATA}

    def handle(self, request: Request) -> Response:
        if request.path == METADATA:
            return self._metadata(request)
        if request.path == PAGE:
            return self._decided(request) if request.method == "POST" else self._page(request)
        if request.method != "POST":
            return _refused(404, "Not Found")
        try:
            return self._exchange(request) if request.path == TOKEN else self._revoke(request)
        except BadBody:
            return _refused(400, "invalid_request")

    def register(self, request: Request) -> Response:
        """``POST /api/v1/apps``."""
        name = str(request.field("client_name") or "").strip()
        if not name:
            return _refused(422, "Validation failed: Name can't be blank")
        redirects = str(request.field("redirect_uris") or "").split()
        if not redirects or not all(urlsplit(one).scheme for one in redirects):
            return _refused(422, "Validation failed: Redirect URI must be an absolute URI.")
        scopes = str(request.field("scopes") or "read").split()
        if any(scope.partition(":")[0] not in SCOPES for scope in scopes):
            return _refused(
                422, "Validation failed: Scopes doesn't match configured on the server."
            )
        client_id = CLIENT_PREFIX + secrets.token_urlsafe(16)
        client_secret = secrets.token_urlsafe(32)
        value = {"secret": digest_of(client_secret), "redirects": redirects, "scopes": scopes}
        self._state.put_thing(_APP, client_id, account="", at=request.wall, value=value)
        return Response.json(
            {
                "id": str(int(request.wall)),
                "name": name,
                "website": request.field("website"),
                "scopes": scopes,
                "redirect_uri": "\n".join(redirects),
                "redirect_uris": redirects,
                "client_id": client_id,
                "client_secret": client_secret,
                "client_secret_expires_at": 0,
            }
        )

    def account_of(self, token: str) -> TrainingAccount | None:
        """Whose token it is, also when it was taken back."""
        kept = self._state.thing(_TOKEN, digest_of(token)) if token else None
        return BY_KEY[kept.account] if kept is not None else None

    def scopes_of(self, token: str) -> frozenset[str]:
        """What the token may do; nothing when it is not one of ours, or taken back."""
        kept = self._state.thing(_TOKEN, digest_of(token)) if token else None
        good = kept is not None and not kept.value["revoked"]
        return frozenset(kept.value["scopes"]) if good and kept is not None else frozenset()

    def _metadata(self, request: Request) -> Response:
        base = request.base
        return Response.json(
            {
                "issuer": f"{base}/",
                "authorization_endpoint": base + PAGE,
                "token_endpoint": base + TOKEN,
                "revocation_endpoint": base + REVOKE,
                "app_registration_endpoint": base + APPS,
                "scopes_supported": [*SCOPES, "write:statuses", "write:media"],
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def _app(self, client_id: str) -> Mapping[str, Any] | None:
        kept = self._state.thing(_APP, client_id)
        return kept.value if kept is not None else None

    def _problem(self, asked: Mapping[str, str]) -> str:
        app = self._app(asked["client_id"])
        if app is None:
            return "Aplikasi ini tidak dikenal."
        if asked["redirect_uri"] not in app["redirects"]:
            return "Alamat kembali tidak terdaftar."
        if asked["response_type"] != "code":
            return "Permintaan ini tidak lengkap."
        if not set(asked["scope"].split()) <= set(app["scopes"]):
            return "Hak yang diminta melebihi yang didaftarkan."
        if asked["code_challenge"] and asked["code_challenge_method"] != "S256":
            return "Permintaan ini tidak lengkap."
        return ""

    def _page(self, request: Request) -> Response:
        asked = {name: request.one(name) or "" for name in _FIELDS}
        problem = self._problem(asked)
        if problem:
            return _html(f"<h1>Tidak dapat dilanjutkan</h1><p>{problem}</p>", 400)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in asked.items()
        )
        people = "".join(
            f'<p><label><input type="radio" name="account" value="{escape(handle)}"'
            f"{' checked' if number == 0 else ''}> {escape(account.display_name)} "
            f"(@{escape(handle)})</label></p>"
            for number, (handle, account) in enumerate(_MINE.items())
        )
        rights = "".join(f"<li><code>{escape(one)}</code></li>" for one in asked["scope"].split())
        redirect = urlsplit(asked["redirect_uri"])
        return _html(
            "<h1>Izinkan govsocial memakai akun Mastodon?</h1>"
            f'<form method="post" action="{PAGE}">{hidden}{people}'
            f"<p>Hak yang diminta:</p><ul>{rights}</ul>"
            '<p><button name="decision" value="allow">Izinkan</button> '
            '<button name="decision" value="deny">Tolak</button></p></form>',
            200,
            f"{redirect.scheme}://{redirect.netloc}",
        )

    def _decided(self, request: Request) -> Response:
        asked = {name: str(request.field(name) or "") for name in _FIELDS}
        problem = self._problem(asked)
        account = _MINE.get(str(request.field("account") or next(iter(_MINE))))
        if problem or account is None:
            return _html(f"<h1>Tidak dapat dilanjutkan</h1><p>{problem}</p>", 400)
        back = {"state": asked["state"]} if asked["state"] else {}
        if request.field("decision") == "allow":
            back["code"] = secrets.token_urlsafe(24)
            value = {name: asked[name] for name in ("client_id", "redirect_uri", "code_challenge")}
            self._state.put_thing(
                _CODE,
                digest_of(back["code"]),
                account=account.key,
                at=request.wall,
                value={**value, "scopes": (asked["scope"] or "read").split()},
            )
        else:
            back["error"] = "access_denied"
        joined = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        location = f"{asked['redirect_uri']}{joined}{urlencode(back)}"
        return Response(303, b"", {"location": location, "referrer-policy": "no-referrer"})

    def _known_application(self, request: Request) -> str | None:
        client_id = str(request.field("client_id") or "")
        app = self._app(client_id)
        given = digest_of(str(request.field("client_secret") or ""))
        return client_id if app and hmac.compare_digest(given, str(app["secret"])) else None

    def _exchange(self, request: Request) -> Response:
        client_id = self._known_application(request)
        if client_id is None:
            return _refused(401, "invalid_client")
        kept = self._state.take_thing(_CODE, digest_of(str(request.field("code") or "")))
        verifier = str(request.field("code_verifier") or "")
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
        if (
            request.field("grant_type") != "authorization_code"
            or kept is None
            or request.wall > kept.at + CODE_SECONDS
            or kept.value["client_id"] != client_id
            or kept.value["redirect_uri"] != request.field("redirect_uri")
            or (kept.value["code_challenge"] and kept.value["code_challenge"] != made.rstrip("="))
        ):
            return _refused(400, "invalid_grant")
        scopes = kept.value["scopes"]
        token = self._token_for(client_id, kept.account, scopes, request.wall)
        return Response.json(
            {
                "access_token": token,
                "token_type": "Bearer",
                "scope": " ".join(scopes),
                "created_at": int(request.wall),
            }
        )

    def _token_for(self, client_id: str, account: str, scopes: list[str], now: float) -> str:
        """The one that the account gave to the application already, with the same rights, as
        Mastodon does (``reuse_access_token``); else a new one."""
        grant = " ".join([client_id, account, *sorted(scopes)])
        before = self._state.thing(_GRANT, grant)
        if before is not None and self.scopes_of(before.value["token"]):
            return str(before.value["token"])
        token = secrets.token_urlsafe(32)
        value = {"scopes": scopes, "revoked": False, "client_id": client_id}
        self._state.put_thing(_TOKEN, digest_of(token), account=account, at=now, value=value)
        self._state.put_thing(_GRANT, grant, account=account, at=now, value={"token": token})
        return token

    def _revoke(self, request: Request) -> Response:
        client_id = self._known_application(request)
        if client_id is None:
            return _refused(403, "unauthorized_client")
        name = digest_of(str(request.field("token") or ""))
        kept = self._state.thing(_TOKEN, name)
        # Of tokens of earlier releases nobody knows to which application they were granted.
        if kept is not None and kept.value.get("client_id", client_id) != client_id:
            return _refused(403, "unauthorized_client")
        if kept is not None:
            value = {**kept.value, "revoked": True}
            self._state.put_thing(_TOKEN, name, account=kept.account, at=kept.at, value=value)
        return Response.json({})


def _refused(status: int, error: str) -> Response:
    return Response.json({"error": error}, status)


def _html(body: str, status: int, form_target: str = "") -> Response:
    page = (
        '<!doctype html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><title>Persetujuan - Platform latihan</title>'
        '<link rel="stylesheet" href="/training/style.css"></head><body>'
        '<p class="notice">Platform latihan. Bukan halaman persetujuan sebenarnya.</p>'
        f"<main>{body}</main></body></html>"
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        # Browsers hold the way back after a form to this list as well.
        "content-security-policy": (
            "default-src 'none'; style-src 'self'; base-uri 'none'; "
            f"form-action 'self' {form_target}; frame-ancestors 'none'"
        ),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return Response(status, page.encode(), headers)
