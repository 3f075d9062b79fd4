"""From consent to a client, against a training server on loopback."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from govsocial.platforms.base import OutgoingPost, PlatformClient, Secret, Video
from govsocial.platforms.oauth import AppCredentials, Authorisation, Choice, new_verifier
from govsocial.platforms.registry import authorisation, connect
from govsocial.training.agency import APPS
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import CONTROL

BACK = "http://127.0.0.1:9/kembali"


def app_of(platform: str) -> AppCredentials:
    client_id, client_secret = APPS[platform]
    return AppCredentials(client_id=client_id, client_secret=client_secret)


def authorise(platform: str, base: str) -> Authorisation:
    host = urlsplit(base).netloc
    app = app_of(platform)
    return authorisation(platform, app=app, allowed_private={host}, base=base, timing=QUICK)


def code_for(address: str, decision: str = "allow") -> dict[str, str]:
    """Decide on the consent page at ``address`` and return what it sends back."""
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"{parts.scheme}://{parts.netloc}{parts.path}",
            data={**asked, "decision": decision},
            allow_redirects=False,
            timeout=5,
        )
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    return {name: values[0] for name, values in parse_qs(back.query).items()}


def consented(platform: str, base: str) -> tuple[Authorisation, Choice]:
    """Go through the whole of a consent to the one account."""
    way, verifier = authorise(platform, base), new_verifier()
    address = way.address(redirect_uri=BACK, state="tanda", verifier=verifier)
    told = code_for(address)
    assert told["state"] == "tanda"
    secret = way.exchange(code=told["code"], redirect_uri=BACK, verifier=verifier)
    (choice,) = way.choices(secret)
    return way, choice


def store_of(secret: Secret) -> MemoryStore:
    return MemoryStore(**secret)


def client_of(platform: str, base: str, store: MemoryStore) -> PlatformClient:
    return connect(
        platform,
        host="",
        handle="samudrakota",
        secrets=store,
        allowed_private={urlsplit(base).netloc},
        base=base,
        app=app_of(platform),
        timing=QUICK,
    )


def misbehave(base: str, **rule: Any) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"{base}/training/behave",
            json=rule,
            headers={"X-Training-Control": CONTROL},
            timeout=5,
        )
    assert answer.status_code == 201, answer.text


def film(size: int, *, asked: list[int] | None = None) -> Video:
    """A film of so many bytes; ``asked`` notes where it was read from."""

    def read(offset: int, length: int) -> bytes:
        if asked is not None:
            asked.append(offset)
        return b"\0" * min(length, size - offset)

    return Video(
        size=size, media_type="video/mp4", seconds=42.0, width=1080, height=1920, read=read
    )


def kept(post: dict[str, Any], handles: dict[str, str]) -> OutgoingPost:
    """The post as a later attempt gets it: with the handles so far, and keeping more of them."""
    return OutgoingPost(**post, handles=dict(handles), keep=handles.update)
