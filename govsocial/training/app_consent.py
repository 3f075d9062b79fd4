"""Consent of an account's owner on platforms with OAuth 2.0: the page, the code, the application.

The page is a form with two buttons. Without a browser, POST the same fields to the same address
with ``decision=allow`` or ``decision=deny``; the answer leads back to the application either way.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, urlencode, urlsplit

from govsocial.training.agency import APPS, BY_KEY, MORE_APPS, TrainingAccount
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.ids import digest_of
from govsocial.training.state import State

_FIELDS = (
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


class BadConsent(Exception):
    """The address asked for is not one that leads back to the agency's application."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for."""

    account: TrainingAccount
    scopes: tuple[str, ...]
    client: str = ""
    """The application that it was given to; empty where the training server does not say."""


class Consents:
    """The consents given on one platform, and the codes that they led to."""

    def __init__(
        self,
        state: State,
        *,
        platform: str,
        name: str,
        account: TrainingAccount,
        path: str,
        code_seconds: float,
        pkce: bool,
        client_field: str = "client_id",
    ) -> None:
        self._state = state
        self._platform = platform
        self._name = name
        self._account = account
        self._path = path
        self._seconds = code_seconds
        self._pkce = pkce
        self._client_field = client_field
        self._fields = (client_field, *_FIELDS)

    @property
    def path(self) -> str:
        return self._path

    def handle(self, request: Request) -> Response:
        """The page, or after a decision the way back."""
        try:
            if request.method == "POST":
                asked = {name: str(request.field(name) or "") for name in self._fields}
                return self._decided(asked, str(request.field("decision") or ""), request)
            asked = {name: request.one(name) or "" for name in self._fields}
            self._check(asked)
            return self._page(asked)
        except (BadConsent, BadBody) as bad:
            return _html("Tidak dapat dilanjutkan", f"<p>{escape(str(bad))}</p>", 400)

    def take(self, code: str, *, redirect_uri: str, verifier: str, now: float) -> Grant | None:
        """What ``code`` was given for; once, in time, and to whoever began the consent."""
        kept = self._state.take_thing(f"{self._platform}:code", digest_of(code))
        if kept is None or now > kept.at + self._seconds:
            return None
        challenge = str(kept.value["challenge"])
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
        if kept.value["redirect_uri"] != redirect_uri:
            return None
        if challenge and not hmac.compare_digest(made.rstrip("="), challenge):
            return None
        scopes, client = tuple(str(kept.value["scope"]).split()), str(kept.value.get("client", ""))
        return Grant(BY_KEY[kept.account], scopes, client)

    def _check(self, asked: dict[str, str]) -> None:
        redirect = urlsplit(asked["redirect_uri"])
        if asked[self._client_field] not in _applications(self._platform):
            raise BadConsent("Aplikasi ini tidak dikenal.")
        if asked["response_type"] != "code":
            raise BadConsent("Permintaan ini tidak lengkap.")
        if redirect.scheme not in {"http", "https"} or not redirect.netloc:
            raise BadConsent("Alamat kembali tidak sah.")
        s256 = asked["code_challenge_method"] == "S256" and asked["code_challenge"]
        if self._pkce and not s256:
            raise BadConsent("Permintaan ini tidak lengkap.")

    def _decided(self, asked: dict[str, str], decision: str, request: Request) -> Response:
        self._check(asked)
        back = {"state": asked["state"]} if asked["state"] else {}
        if decision == "allow":
            code = secrets.token_urlsafe(24)
            self._state.put_thing(
                f"{self._platform}:code",
                digest_of(code),
                account=self._account.key,
                at=request.wall,
                value={
                    "redirect_uri": asked["redirect_uri"],
                    "challenge": asked["code_challenge"],
                    "scope": asked["scope"].replace(",", " "),
                    "client": asked[self._client_field],
                },
            )
            back["code"] = code
        else:
            back |= {"error": "access_denied", "error_description": "The user denied the request."}
        joined = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        location = f"{asked['redirect_uri']}{joined}{urlencode(back)}"
        return Response(303, b"", {"location": location, "referrer-policy": "no-referrer"})

    def _page(self, asked: dict[str, str]) -> Response:
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in asked.items()
        )
        rights = "".join(
            f"<li><code>{escape(scope)}</code></li>"
            for scope in asked["scope"].replace(",", " ").split()
        )
        account = self._account
        body = (
            f"<h1>Izinkan govsocial memakai akun {escape(self._name)} ini?</h1>"
            f'<p class="card"><strong>{escape(account.display_name)}</strong><br>'
            f"@{escape(account.handle.removeprefix('@'))}</p>"
            f'<div class="card">Hak yang diminta:<ul>{rights}</ul></div>'
            f'<form method="post" action="{escape(self._path)}">{hidden}'
            '<p><button name="decision" value="allow">Izinkan</button> '
            '<button name="decision" value="deny">Tolak</button></p></form>'
        )
        redirect = urlsplit(asked["redirect_uri"])
        return _html("Persetujuan", body, 200, f"{redirect.scheme}://{redirect.netloc}")


def is_application(platform: str, client_id: str, client_secret: str) -> bool:
    """Whether these are the credentials of an application of the agency."""
    known = _applications(platform).get(client_id)
    return known is not None and hmac.compare_digest(client_secret.encode(), known.encode())


def _applications(platform: str) -> dict[str, str]:
    return dict([APPS[platform], *MORE_APPS.get(platform, ())])


def basic_credentials(request: Request) -> tuple[str, str]:
    """Id and secret of the ``Authorization: Basic`` header; empty where there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        pair = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    client_id, _, client_secret = pair.partition(":")
    return unquote(client_id), unquote(client_secret)


def _html(title: str, body: str, status: int, form_target: str = "") -> Response:
    page = (
        '<!doctype html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)} - Platform latihan</title>'
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
