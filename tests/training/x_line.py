"""Our client of X against the training server, and what a person does for it in a browser."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import requests
from PIL import Image as Picture
from requests.adapters import HTTPAdapter

from govsocial.platforms.base import OutgoingPost
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Timing
from govsocial.platforms.oauth import AppCredentials, Choice, new_verifier
from govsocial.platforms.registry import authorisation
from govsocial.platforms.spec import Addresses, Connection
from govsocial.platforms.x.client import XClient
from govsocial.training.agency import APPS, BY_KEY
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import ANCHOR, CONTROL, Caller

ACCOUNT = BY_KEY["x:samudrakota"]
APP = AppCredentials(client_id=APPS["x"][0], client_secret=APPS["x"][1])
BACK = "http://127.0.0.1:8000/accounts/connections/callback"


class ToTraining(HTTPAdapter):
    """Sends what is meant for X to the training server, over loopback."""

    def __init__(self, base: str) -> None:
        self.base = urlsplit(base)
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> Any:
        parts = urlsplit(str(request.url))
        request.url = urlunsplit(parts._replace(scheme="http", netloc=self.base.netloc))
        return super().send(request, *args, **more)


def pointed(session: requests.Session, base: str) -> None:
    session.trust_env = False
    for host in ("https://api.twitter.com", "https://twitter.com"):
        session.mount(host, ToTraining(base))


def host(served: Caller) -> str:
    return urlsplit(served.base).netloc


def client_of(served: Caller, store: MemoryStore, **more: Any) -> XClient:
    connection = Connection(
        addresses=Addresses(api="https://api.x.com").all_at(served.base),
        guard=Guard({host(served)}),
        handle=ACCOUNT.handle,
        secrets=store,
        app=APP,
        timing=Timing(backoff=0.01, longest_wait=0.1),
        **more,
    )
    return XClient(connection, sleep=lambda seconds: None)


def consented(served: Caller, decision: str = "allow") -> Choice:
    """What a person does in the browser, and what the application does with the way back."""
    consent = authorisation("x", app=APP, base=served.base, allowed_private={host(served)})
    verifier = new_verifier()
    address = consent.address(redirect_uri=BACK, state="s-1", verifier=verifier)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    page = served.session.get(address, timeout=5).text
    assert "Izinkan" in page
    assert ACCOUNT.display_name in page
    answer = served.session.post(
        f"{served.base}/i/oauth2/authorize",
        data={**query, "decision": decision},
        allow_redirects=False,
        timeout=5,
    )
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["s-1"]
    secret = consent.exchange(code=back.get("code", [""])[0], redirect_uri=BACK, verifier=verifier)
    (choice,) = consent.choices(secret)
    return choice


def post(text: str, **changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": text,
        "text": text,
        "language": "id",
        "created_at": ANCHOR,
        **changes,
    }
    return OutgoingPost(**values)


def misbehave(served: Caller, kind: str, **more: Any) -> None:
    order = {"kind": kind, **more}
    headers = {"X-Training-Control": CONTROL}
    assert served.post("/training/behave", json=order, headers=headers).status_code == 201


def jpeg() -> bytes:
    out = BytesIO()
    Picture.new("RGB", (64, 48), (20, 90, 160)).save(out, "JPEG")
    return out.getvalue()
