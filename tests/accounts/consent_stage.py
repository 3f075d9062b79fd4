"""An account on the made-up platform, its application, and a browser that goes there and back."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import ConsentRequest, OfficialAccount, PlatformApp
from tests import factories
from tests.accounts.fake_platform import CLIENT_ID, CLIENT_SECRET, FakePlatform
from tests.cast import Cast


@dataclass
class Stage:
    cast: Cast
    platform: FakePlatform
    account: OfficialAccount
    app: PlatformApp

    def start(self, browser: Client, account: OfficialAccount | None = None) -> str:
        """The address at the platform to which the page of the start leads."""
        page = browser.post(
            reverse("accounts:official_account_consent", args=[(account or self.account).pk])
        )
        assert page.status_code == 200, page
        (link,) = re.findall(r'href="(http[^"]+/authorize[^"]+)"', page.content.decode())
        return html.unescape(link)

    def come_back(self, browser: Client, path: str = "", **answer: str) -> HttpResponse:
        """The answer to the callback, or the page of a refusal that it leads to."""
        response: Any = browser.get(path or path_of(answer.get("state", "")), answer)
        if response.status_code == 302 and response["Location"] == reverse("consent_refused"):
            response = browser.get(response["Location"])
        return cast(HttpResponse, response)

    def connect(self, browser: Client, account: OfficialAccount | None = None) -> HttpResponse:
        return self.come_back(browser, **self.platform.consent(self.start(browser, account)))


def path_of(state: str) -> str:
    """Where the request of this state is to come back to."""
    digest = hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
    begun = ConsentRequest.objects.filter(state_sha256=digest).first()
    return urlsplit(begun.redirect_uri).path if begun else reverse("consent_callback")


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def stage(cast: Cast, platform: FakePlatform) -> Stage:
    app = actions.set_platform_app(
        actor=cast.bayu, platform="x", client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    account = factories.official_account(
        cast.diskominfo, platform="x", handle="samudrakota", host=""
    )
    return Stage(cast, platform, account, app)
