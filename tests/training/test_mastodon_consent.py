"""Consent on Mastodon from registration to revocation, and official clients beside ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from mastodon import Mastodon
from mastodon.errors import MastodonError

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, SeenPost
from govsocial.platforms.errors import (
    AppRefused,
    AuthRevoked,
    OperatorNeeded,
    PermissionMissing,
    Refused,
    UnknownOutcome,
)
from govsocial.platforms.guard import Guard
from govsocial.platforms.mastodon.consent import SCOPES, MastodonAuthorisation, register_app
from govsocial.platforms.oauth import AppCredentials, missing_scopes, new_verifier
from govsocial.platforms.registry import connect, new_key
from govsocial.platforms.spec import Addresses, Connection, Registration
from govsocial.training.agency import TrainingAccount
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import ANCHOR, CONTROL, Caller, png

BACK = "http://127.0.0.1:8000/settings/connections/back/"
PAGE = "/oauth/authorize"


def connection(served: Caller, app: AppCredentials | None = None) -> Connection:
    return Connection(
        addresses=Addresses(served.base),
        guard=Guard({served.base.removeprefix("http://")}),
        secrets=MemoryStore(),
        timing=QUICK,
        app=app,
    )


@pytest.fixture
def registered(served: Caller) -> AppCredentials:
    asked = Registration(name="govsocial", website="https://x.example", redirect_uri=BACK)
    return register_app(connection(served), asked)


@pytest.fixture
def consent(served: Caller, registered: AppCredentials) -> MastodonAuthorisation:
    return MastodonAuthorisation(connection(served, registered))


def client_of(served: Caller, **secret: str) -> PlatformClient:
    return connect(
        "mastodon",
        host=served.base,
        handle="samudrakota",
        secrets=MemoryStore(**secret),
        allowed_private={served.base.removeprefix("http://")},
        timing=QUICK,
    )


def decide(served: Caller, address: str, decision: str = "allow", **more: str) -> dict[str, str]:
    """What comes back to the application when somebody presses a button of the page."""
    page = served.get(address.removeprefix(served.base))
    assert page.status_code == 200, page.text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    answer = served.post(PAGE, data={**fields, "decision": decision, **more}, allow_redirects=False)
    assert answer.status_code == 303
    target = answer.headers["Location"]
    assert target.startswith(BACK)
    return {name: value[0] for name, value in parse_qs(urlsplit(target).query).items()}


def test_the_whole_line_from_consent_to_deletion(
    served: Caller, consent: MastodonAuthorisation, mastodon: TrainingAccount
) -> None:
    verifier = new_verifier()
    address = consent.address(redirect_uri=BACK, state="zustand", verifier=verifier)
    back = decide(served, address, account="samudrakota")
    assert back["state"] == "zustand"
    secret = consent.exchange(code=back["code"], redirect_uri=BACK, verifier=verifier)
    assert missing_scopes(consent.scopes, secret) == []
    (choice,) = consent.choices(secret)
    assert choice.platform_id == choice.secret["account_id"] == mastodon.platform_id
    assert choice.handle == f"samudrakota@{served.base.removeprefix('http://')}"

    client = client_of(served, **choice.secret)
    client.check_can_publish()
    assert client.profile().platform_id == mastodon.platform_id
    page = client.posts()
    ids = [post.platform_id for post in page.posts]
    assert [post.platform_id for post in client.metrics(ids)] == ids
    image = Image(data=png(), media_type="image/png", alt="Loket", width=64, height=36)
    post = OutgoingPost(
        key=new_key("mastodon", ANCHOR),
        text="Pasar murah besok pagi.",
        language="id",
        created_at=ANCHOR,
        images=[image],
    )
    published = client.publish(post)
    found = client.find(post)
    assert found is not None
    assert found.platform_id == published.platform_id
    client.delete(published.platform_id)
    client.delete(published.platform_id)
    assert client.find(post) is None

    consent.revoke(secret)
    consent.revoke(secret)
    with pytest.raises(AuthRevoked):
        client.profile()


def test_a_token_is_taken_back_only_for_the_application_that_it_was_granted_to(
    served: Caller, registered: AppCredentials, consent: MastodonAuthorisation
) -> None:
    verifier = new_verifier()
    back = decide(served, consent.address(redirect_uri=BACK, state="s", verifier=verifier))
    secret = consent.exchange(code=back["code"], redirect_uri=BACK, verifier=verifier)
    asked = Registration(name="govsocial", website="https://x.example", redirect_uri=BACK)
    other = register_app(connection(served), asked)
    assert other.client_id != registered.client_id
    with pytest.raises(AppRefused):
        MastodonAuthorisation(connection(served, other)).revoke(secret)
    client = client_of(served, **secret)
    assert client.profile(), "it lives on"
    consent.revoke(secret)
    with pytest.raises(AuthRevoked):
        client.profile()


def test_whoever_consents_anew_is_given_the_token_that_they_have(
    served: Caller, consent: MastodonAuthorisation
) -> None:
    def given(name: str, scopes: str = "read") -> str:
        verifier = new_verifier()
        address = consent.address(redirect_uri=BACK, state="s", verifier=verifier)
        address = address.replace("scope=read+write%3Astatuses+write%3Amedia", f"scope={scopes}")
        back = decide(served, address, account=name)
        secret = consent.exchange(code=back["code"], redirect_uri=BACK, verifier=verifier)
        return secret["access_token"]

    token = given("samudrakota")
    assert given("samudrakota") == token
    assert len({token, given("bpbd_samudra"), given("samudrakota", "read+write%3Astatuses")}) == 3
    consent.revoke({"access_token": token})
    assert given("samudrakota") != token


def test_a_code_is_good_once_in_time_and_for_whoever_began(
    served: Caller, consent: MastodonAuthorisation, clock: Any
) -> None:
    verifier = new_verifier()

    def code() -> str:
        address = consent.address(redirect_uri=BACK, state="s", verifier=verifier)
        return decide(served, address)["code"]

    good = code()
    with pytest.raises(Refused):
        consent.exchange(code=good, redirect_uri=BACK, verifier=new_verifier())
    with pytest.raises(Refused):
        consent.exchange(code=good, redirect_uri=BACK, verifier=verifier)
    with pytest.raises(Refused):
        consent.exchange(code=code(), redirect_uri=f"{BACK}x", verifier=verifier)
    late = code()
    clock.forward(minutes=11)
    with pytest.raises(Refused):
        consent.exchange(code=late, redirect_uri=BACK, verifier=verifier)


def test_saying_no_leads_back_without_a_code(
    served: Caller, consent: MastodonAuthorisation
) -> None:
    address = consent.address(redirect_uri=BACK, state="s", verifier=new_verifier())
    assert decide(served, address, "deny") == {"state": "s", "error": "access_denied"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_id", "latihan-mastodon-unknown"),
        ("redirect_uri", "https://evil.example/"),
        ("scope", "read write admin"),
        ("response_type", "token"),
    ],
)
def test_the_page_leads_nowhere_that_was_not_registered(
    served: Caller, consent: MastodonAuthorisation, field: str, value: str
) -> None:
    address = consent.address(redirect_uri=BACK, state="s", verifier=new_verifier())
    asked = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
    asked[field] = value
    assert served.get(PAGE, params=asked).status_code == 400
    answer = served.post(PAGE, data={**asked, "decision": "allow"}, allow_redirects=False)
    assert answer.status_code == 400


def test_a_wrong_application_is_the_operators_business(
    served: Caller, registered: AppCredentials
) -> None:
    wrong = AppCredentials(client_id=registered.client_id, client_secret="x" * 40)
    consent = MastodonAuthorisation(connection(served, wrong))
    with pytest.raises(OperatorNeeded):
        consent.exchange(code="c", redirect_uri=BACK, verifier=new_verifier())
    with pytest.raises(OperatorNeeded):
        consent.revoke({"access_token": "t"})
    with pytest.raises(OperatorNeeded):
        MastodonAuthorisation(connection(served)).address(
            redirect_uri=BACK, state="s", verifier=new_verifier()
        )
    with pytest.raises(Refused):
        register_app(
            connection(served), Registration(name=" ", website="", redirect_uri="not an address")
        )


def test_a_token_of_fewer_rights_may_not_write(served: Caller, registered: AppCredentials) -> None:
    consent = MastodonAuthorisation(connection(served, registered))
    verifier = new_verifier()
    address = consent.address(redirect_uri=BACK, state="s", verifier=verifier)
    narrow = address.replace("scope=read+write%3Astatuses+write%3Amedia", "scope=read")
    back = decide(served, narrow)
    secret = consent.exchange(code=back["code"], redirect_uri=BACK, verifier=verifier)
    assert missing_scopes(consent.scopes, secret) == ["write:statuses", "write:media"]
    client = client_of(served, **secret)
    assert client.profile()
    with pytest.raises(PermissionMissing):
        client.check_can_publish()


def test_the_page_has_no_script_and_escapes_what_it_was_sent(
    served: Caller, consent: MastodonAuthorisation
) -> None:
    address = consent.address(redirect_uri=BACK, state='"><script>', verifier=new_verifier())
    page = served.get(address.removeprefix(served.base))
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Izinkan" in page.text
    assert "BPBD" in page.text


def test_a_post_that_was_accepted_without_an_answer_is_found_and_not_sent_twice(
    served: Caller, mastodon: TrainingAccount
) -> None:
    client = client_of(served, access_token=mastodon.secret)
    before = client.profile().posts
    post = OutgoingPost(
        key=new_key("mastodon", ANCHOR), text="Siaga", language="id", created_at=ANCHOR
    )
    order = {"kind": "drop_after_accept", "endpoint": "POST /api/v1/statuses"}
    headers = {"X-Training-Control": CONTROL}
    assert served.post("/training/behave", json=order, headers=headers).status_code == 201
    with pytest.raises(UnknownOutcome):
        client.publish(post)
    found = client.find(post)
    assert found is not None
    assert client.publish(post).platform_id == found.platform_id
    assert before is not None
    assert client.profile().posts == before + 1


# A library that we did not write: Mastodon.py.


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        yield made


@pytest.fixture
def library(served: Caller, mastodon: TrainingAccount, session: requests.Session) -> Mastodon:
    return Mastodon(api_base_url=served.base, access_token=mastodon.secret, session=session)


def test_the_official_library_reads_the_same_account_and_posts(
    served: Caller, library: Mastodon, mastodon: TrainingAccount
) -> None:
    client = client_of(served, access_token=mastodon.secret)
    profile, me = client.profile(), library.account_verify_credentials()
    assert (profile.platform_id, profile.display_name) == (str(me.id), me.display_name)
    assert (profile.followers, profile.following, profile.posts) == (
        me.followers_count,
        me.following_count,
        me.statuses_count,
    )
    ours: list[SeenPost] = []
    cursor: str | None = None
    theirs: Any = library.account_statuses(me.id, limit=40)
    read: list[Any] = []
    for _ in range(3):
        page = client.posts(cursor=cursor)
        ours += page.posts
        cursor = page.next_cursor
        read += theirs
        theirs = library.fetch_next(theirs)
    assert [one.platform_id for one in ours] == [str(one.id) for one in read]
    assert [(one.likes, one.comments, one.shares, one.posted_at) for one in ours] == [
        (one.favourites_count, one.replies_count, one.reblogs_count, one.created_at) for one in read
    ]


def test_what_our_client_publishes_the_official_library_sees(
    served: Caller, library: Mastodon, mastodon: TrainingAccount
) -> None:
    client = client_of(served, access_token=mastodon.secret)
    post = OutgoingPost(
        key=new_key("mastodon", ANCHOR), text="Halo", language="id", created_at=ANCHOR
    )
    published = client.publish(post)
    assert library.status(published.platform_id).content == "<p>Halo</p>"
    again = library.status_post("Halo", idempotency_key=post.key)
    assert str(again.id) == published.platform_id
    library.status_delete(published.platform_id)
    with pytest.raises(MastodonError):
        library.status(published.platform_id)


def test_the_official_library_registers_and_consents_the_same_way(
    served: Caller, session: requests.Session
) -> None:
    client_id, client_secret = Mastodon.create_app(
        "govsocial", scopes=list(SCOPES), redirect_uris=BACK, api_base_url=served.base
    )
    library = Mastodon(
        client_id=client_id,
        client_secret=client_secret,
        api_base_url=served.base,
        session=session,
    )
    address = library.auth_request_url(
        redirect_uris=BACK, scopes=list(SCOPES), state="s", allow_http=True
    )
    back = decide(served, address, account="bpbd_samudra")
    library.log_in(code=back["code"], redirect_uri=BACK, scopes=list(SCOPES), allow_http=True)
    assert library.account_verify_credentials().username == "bpbd_samudra"
