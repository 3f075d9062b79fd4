"""Our Mastodon client against a stateful server that we did not write (mastodon-mock, PyPI)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from mastodon import Mastodon
from mastodon_mock.config import (
    AuthConfig,
    DatabaseConfig,
    MastodonMockConfig,
    RateLimitConfig,
    SeedAccount,
    SeedConfig,
    SeedStatus,
)
from mastodon_mock.testing.server import MockServer
from PIL import Image as Picture

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, PostKind, SeenPost
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Timing
from govsocial.platforms.mastodon.consent import MastodonAuthorisation, register_app
from govsocial.platforms.oauth import new_verifier
from govsocial.platforms.registry import connect, new_key
from govsocial.platforms.spec import Addresses, Connection, Registration
from tests.platforms.fakes import MemoryStore
from tests.platforms.mastodon_sender import BYTES, film

TOKEN = "mock-token-of-the-city"
OTHER = "mock-token-of-an-office"
PATIENT = Timing(connect=2.0, read=10.0, total=20.0, attempts=2, backoff=0.01, longest_wait=0.5)
STATUSES = "/api/v1/statuses"


def config(**changes: Any) -> MastodonMockConfig:
    accounts = [
        SeedAccount(username="kota", display_name="Kota Samudra", access_token=TOKEN),
        SeedAccount(username="dinas", access_token=OTHER),
    ]
    statuses = [SeedStatus(account="dinas", text=f"Kabar {number}") for number in range(45)]
    return MastodonMockConfig(
        database=DatabaseConfig(path=":memory:"),
        seed=SeedConfig(accounts=accounts, statuses=statuses),
        **changes,
    )


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer(config=config()) as server:
        yield server


@pytest.fixture
def mock(running: MockServer) -> MockServer:
    requests.post(f"{running.base_url}/api/v1/_mock/reset", timeout=5).raise_for_status()
    return running


@contextmanager
def misbehaving(mock: MockServer, *, count: int | None = None, **effect: Any) -> Iterator[None]:
    """Let the server do ``effect`` on calls to ``path`` for as long as this lasts."""
    match = {name: effect.pop(name) for name in ("path", "methods") if name in effect}
    faults = f"{mock.base_url}/api/v1/_mock/faults"
    rule = {"match": match, "effect": effect, "count": count}
    made = requests.post(faults, json=rule, timeout=5)
    made.raise_for_status()
    yield
    requests.delete(f"{faults}/{made.json()['id']}", timeout=5)


@pytest.fixture
def client(mock: MockServer) -> PlatformClient:
    return client_of(mock)


def client_of(mock: MockServer, token: str = TOKEN, timing: Timing = PATIENT) -> PlatformClient:
    return connect(
        "mastodon",
        host=mock.base_url,
        handle="kota",
        secrets=MemoryStore(access_token=token),
        allowed_private={mock.base_url.removeprefix("http://")},
        timing=timing,
    )


def post(text: str, **changes: Any) -> OutgoingPost:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "key": new_key("mastodon", now),
        "text": text,
        "language": "id",
        "created_at": now,
        **changes,
    }
    return OutgoingPost(**values)


def picture() -> Image:
    out = BytesIO()
    Picture.new("RGB", (64, 36), (31, 95, 191)).save(out, "PNG")
    return Image(data=out.getvalue(), media_type="image/png", alt="Loket", width=64, height=36)


def ended(call: Callable[[], object]) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        call()
    return caught.value


@contextmanager
def library_of(mock: MockServer, token: str = TOKEN) -> Iterator[Any]:
    """Mastodon.py, to see what the server really has."""
    with requests.Session() as session:
        yield Mastodon(access_token=token, api_base_url=mock.base_url, session=session)


def statuses(mock: MockServer, token: str = TOKEN) -> list[Any]:
    with library_of(mock, token) as library:
        return list(library.account_statuses(library.me().id, limit=40))


def test_the_whole_line(mock: MockServer, client: PlatformClient) -> None:
    profile = client.profile()
    assert (profile.display_name, profile.followers, profile.posts) == ("Kota Samudra", 0, 0)
    client.check_can_publish()
    outgoing = post("Pasar murah besok.\n\nLihat https://kota.example/pasar", images=[picture()])
    assert client.find(outgoing) is None
    published = client.publish(outgoing)
    (theirs,) = statuses(mock)
    assert str(theirs.id) == published.platform_id
    assert theirs.media_attachments[0].description == "Loket"
    found = client.find(outgoing)
    assert found is not None
    assert found.platform_id == published.platform_id
    with library_of(mock) as library:
        library.status_favourite(published.platform_id)
    (seen,) = client.metrics([published.platform_id, "999999"])
    assert (seen.likes, seen.comments, seen.shares) == (1, 0, 0)
    assert seen.text == outgoing.text
    client.delete(published.platform_id)
    client.delete(published.platform_id)
    assert client.metrics([published.platform_id]) == []
    assert statuses(mock) == []


def test_a_film_arrives_as_it_is(mock: MockServer, client: PlatformClient) -> None:
    outgoing = post("Liputan pasar murah.", video=film())
    published = client.publish(outgoing)
    (theirs,) = statuses(mock)
    (attached,) = theirs.media_attachments
    assert (attached.type, attached.description) == ("video", "Petugas – membuka pintu air")
    assert requests.get(attached.url, timeout=5).content == BYTES
    found = client.find(outgoing)
    assert found is not None
    assert found.platform_id == published.platform_id


def test_pages_follow_the_link_header_to_the_end(mock: MockServer) -> None:
    newest = statuses(mock, OTHER)
    with library_of(mock, OTHER) as library:
        library.status_post("Balasan", in_reply_to_id=newest[0].id)
    client = client_of(mock, OTHER)
    seen: list[SeenPost] = []
    cursor: str | None = None
    pages = 0
    while pages == 0 or cursor is not None:
        page = client.posts(cursor=cursor)
        seen += page.posts
        cursor, pages = page.next_cursor, pages + 1
    assert [one.text for one in seen] == ["Balasan", *(f"Kabar {n}" for n in range(44, -1, -1))]
    assert seen[0].kind is PostKind.REPLY
    assert pages <= 3
    ids = [one.platform_id for one in seen]
    assert [one.platform_id for one in client.metrics(ids)] == ids


def test_one_key_makes_one_status(mock: MockServer, client: PlatformClient) -> None:
    outgoing = post("Sekali saja.")
    first, second = client.publish(outgoing), client.publish(outgoing)
    assert first.platform_id == second.platform_id
    assert len(statuses(mock)) == 1


def test_a_token_that_is_unknown_or_taken_back_needs_a_person(
    mock: MockServer, client: PlatformClient
) -> None:
    with pytest.raises(AuthRevoked):
        client_of(mock, "another-token").profile()
    requests.post(f"{mock.base_url}/oauth/revoke", data={"token": TOKEN}, timeout=5)
    with pytest.raises(AuthRevoked):
        client.publish(post("Halo"))


def test_what_the_server_refuses_is_refused(client: PlatformClient) -> None:
    with pytest.raises(Refused):
        client.publish(post("x" * 501))
    with pytest.raises(Refused):
        client.publish(post(" "))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"type": "status", "status": 500}, UnknownOutcome),
        ({"type": "status", "status": 503}, UnknownOutcome),
        ({"type": "malformed"}, UnknownOutcome),
        ({"type": "ratelimit"}, RateLimited),
        ({"type": "status", "status": 422}, Refused),
        ({"type": "status", "status": 403}, Refused),
        ({"type": "status", "status": 401}, AuthRevoked),
    ],
    ids=["500", "503", "malformed", "ratelimit", "422", "403", "401"],
)
def test_a_fault_while_publishing_ends_as_it_must_and_leads_to_one_status(
    mock: MockServer, client: PlatformClient, fault: dict[str, Any], error: type[PlatformError]
) -> None:
    outgoing = post("Siaga banjir.")
    with misbehaving(mock, path=STATUSES, methods=["POST"], **fault):
        failure = ended(lambda: client.publish(outgoing))
    assert type(failure) is error
    if error is RateLimited:
        assert failure.retry_after == pytest.approx(300, abs=2)
    assert client.find(outgoing) is None
    client.publish(outgoing)
    assert len(statuses(mock)) == 1


def test_an_answer_that_comes_too_late_leads_to_one_status(
    mock: MockServer, client: PlatformClient
) -> None:
    outgoing = post("Siaga banjir.")
    hasty = client_of(mock, timing=replace(PATIENT, read=0.5))
    with misbehaving(mock, path=STATUSES, methods=["POST"], type="latency", delay_ms=800):
        assert type(ended(lambda: hasty.publish(outgoing))) is UnknownOutcome
    found = client.find(outgoing)
    published = client.publish(outgoing)
    assert found is None or found.platform_id == published.platform_id
    assert len(statuses(mock)) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"type": "status", "status": 502}, Unavailable),
        ({"type": "malformed"}, BadAnswer),
        ({"type": "ratelimit"}, RateLimited),
    ],
    ids=["502", "malformed", "ratelimit"],
)
def test_a_fault_while_reading_ends_as_it_must(
    mock: MockServer, client: PlatformClient, fault: dict[str, Any], error: type[PlatformError]
) -> None:
    client.profile()
    with misbehaving(mock, path="/api/v1/accounts/*", **fault):
        assert type(ended(client.posts)) is error
    with misbehaving(mock, path="/api/v1/accounts/*", type="status", status=503, count=1):
        assert client.posts().posts == []


def test_a_server_that_counts_calls_is_left_alone_in_time() -> None:
    limited = config(ratelimit=RateLimitConfig(enabled=True, limit=3, window_seconds=60))
    with MockServer(config=limited) as mock:
        client = client_of(mock)
        limits: list[float | None] = []
        # More than two windows take, should one end meanwhile.
        for _ in range(8):
            try:
                client.profile()
            except RateLimited as refusal:
                limits.append(refusal.retry_after)
    assert limits
    # By the clock of the server, which on a busy machine writes its Date some seconds late.
    assert all(seconds is not None and 0 <= seconds <= 70 for seconds in limits), limits


def test_a_token_without_the_right_to_write_is_found_out(mock: MockServer) -> None:
    with MockServer(config=config(auth=AuthConfig(enforce_scopes=True))) as strict:
        consent, back = registered(strict, "read")
        secret = consented(strict, consent, back)
        client = client_of(strict, secret["access_token"])
        assert client.profile()
        with pytest.raises(PermissionMissing):
            client.publish(post("Halo"))


def test_consent_is_the_same_on_a_server_that_we_did_not_write(mock: MockServer) -> None:
    consent, back = registered(mock, "read write:statuses write:media")
    secret = consented(mock, consent, back)
    (choice,) = consent.choices(secret)
    assert choice.display_name == "Kota Samudra"
    client = client_of(mock, choice.secret["access_token"])
    assert client.publish(post("Halo")).platform_id
    consent.revoke(secret)
    with pytest.raises(AuthRevoked):
        client.profile()
    with pytest.raises(Refused):
        consent.exchange(code="made-up", redirect_uri=back, verifier=new_verifier())


def registered(mock: MockServer, scopes: str) -> tuple[MastodonAuthorisation, str]:
    back = "http://127.0.0.1:8000/back/"
    connection = Connection(
        addresses=Addresses(mock.base_url),
        guard=Guard({mock.base_url.removeprefix("http://")}),
        secrets=MemoryStore(),
        timing=PATIENT,
    )
    asked = Registration(name="govsocial", website="", redirect_uri=back)
    app = register_app(connection, asked)
    if scopes == "read":
        fields = {"client_name": "govsocial", "redirect_uris": back, "scopes": "read"}
        made = requests.post(f"{mock.base_url}/api/v1/apps", data=fields, timeout=5).json()
        app = type(app)(client_id=made["client_id"], client_secret=made["client_secret"])
    with_app = Connection(
        addresses=connection.addresses,
        guard=connection.guard,
        secrets=connection.secrets,
        timing=PATIENT,
        app=app,
    )
    return MastodonAuthorisation(with_app), back


def consented(mock: MockServer, consent: MastodonAuthorisation, back: str) -> dict[str, str]:
    verifier = new_verifier()
    address = consent.address(redirect_uri=back, state="s", verifier=verifier)
    page = requests.get(address, timeout=5).text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = requests.post(
        f"{mock.base_url}/oauth/authorize",
        data={**fields, "username": "kota"},
        allow_redirects=False,
        timeout=5,
    )
    returned = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert returned["state"] == ["s"]
    code = returned["code"][0]
    return dict(consent.exchange(code=code, redirect_uri=back, verifier=verifier))


def test_a_status_of_before_is_not_taken_for_the_one_just_sent(
    mock: MockServer, client: PlatformClient
) -> None:
    client.publish(post("Sama persis."))
    later = post("Sama persis.", created_at=datetime.now(UTC) + timedelta(minutes=10))
    assert client.find(later) is None
