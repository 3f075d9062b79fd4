"""An app password goes only to the server that Bluesky's own directory names for the account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import actions
from accounts.errors import AccountError
from accounts.models import Credential, OfficialAccount
from tests import factories
from tests.accounts.register_stage import save_details, typed
from tests.accounts.secrets import SECRET
from tests.cast import Cast
from tests.platforms.bluesky_stage import LOGIN, PROFILE, RESOLVE, session_answer
from tests.platforms.fakes import Reply, Server

ClientAs = Callable[[object], Client]
HANDLE, DID, OTHER = "kota.example", "did:plc:kota", "did:plc:lain"


def document(server: str, did: str = DID, *names: str) -> dict[str, Any]:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server}
    known_as = [f"at://{name}" for name in names or (HANDLE,)]
    return {"id": did, "alsoKnownAs": known_as, "service": [service]}


@dataclass
class Stage:
    cast: Cast
    directory: Server
    theirs: Server
    """A server that claims to have the account, whatever password it is sent."""
    account: OfficialAccount

    def connect(self, host: str = "") -> OfficialAccount:
        return actions.connect_account(
            actor=self.cast.bayu,
            official_account_id=self.account.pk,
            host=host or self.theirs.base,
            typed_secret=SECRET,
        )

    def refused(self, host: str = "") -> AccountError:
        with pytest.raises(AccountError) as refused:
            self.connect(host)
        assert not Credential.objects.exists()
        assert not self.theirs.received, "the password never left"
        return refused.value

    def move(self) -> None:
        """The explicit step: the account's own page."""
        OfficialAccount.objects.filter(pk=self.account.pk).update(host=self.theirs.base)


@pytest.fixture
def stage(cast: Cast, settings: Settings) -> Iterator[Stage]:
    directory, theirs = Server(), Server()
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({directory.host, theirs.host})
    settings.PLATFORM_BASE_URL = directory.base
    theirs.on(LOGIN, Reply(200, session_answer()))
    theirs.on(PROFILE, Reply(200, {"did": DID, "handle": HANDLE, "displayName": "Kota"}))
    directory.on(RESOLVE, Reply(200, {"did": DID}))
    directory.on(f"GET /{DID}", Reply(200, document(theirs.base)))
    account = factories.official_account(
        cast.diskominfo, handle=HANDLE, host="bsky.social", platform_id=DID
    )
    yield Stage(cast, directory, theirs, account)
    directory.close()
    theirs.close()


def test_a_server_that_is_not_the_registered_one_is_sent_nothing(
    stage: Stage, client_as: ClientAs
) -> None:
    refused = stage.refused()
    assert refused.field == "host"
    page = client_as("bayu").post(
        reverse("accounts:official_account_connect", args=[stage.account.pk]),
        {"host": stage.theirs.base, "secret": SECRET},
    )
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["host"]
    stage.account.refresh_from_db()
    assert stage.account.host == "bsky.social"
    assert not stage.theirs.received


@pytest.mark.parametrize("known", [True, False])
def test_an_account_with_a_server_of_its_own_is_connected_there(stage: Stage, known: bool) -> None:
    stage.move()
    if not known:
        OfficialAccount.objects.update(platform_id="")
    account = stage.connect()
    assert account.platform_id == DID
    assert OfficialAccount.objects.select_related("credential").get().is_connected
    assert len(stage.directory.calls(RESOLVE)) == (0 if known else 1)


def test_a_server_is_changed_on_the_page_of_the_account_and_proven_by_the_directory(
    stage: Stage, client_as: ClientAs
) -> None:
    edit = reverse("accounts:official_account_edit", args=[stage.account.pk])
    fields = typed(stage.cast, platform="", handle=HANDLE, host=stage.theirs.base)
    assert save_details(client_as("bayu"), edit, fields).status_code == 302
    stage.directory.on(f"GET /{DID}", Reply(200, document("https://pds.example")))
    stage.refused()
    stage.directory.on(f"GET /{DID}", Reply(200, document(stage.theirs.base)))
    assert stage.connect().platform_id == DID


@pytest.mark.parametrize("known", [DID, ""])
@pytest.mark.parametrize(
    ("told", "says"),
    [
        (document("https://93.184.216.34"), "does not live on"),
        (document("not an address"), "does not live on"),
        ({"id": DID, "alsoKnownAs": [f"at://{HANDLE}"]}, "does not live on"),
        (document("MINE", OTHER), "knows no account"),
        (document("MINE", DID, "orang.example"), "belongs to"),
        (document("MINE", DID, "orang.example", HANDLE), "belongs to"),
        ({"id": 7}, "could not be checked"),
        ([], "could not be checked"),
        ({"id": DID, "service": "none"}, "could not be checked"),
    ],
)
def test_whatever_the_directory_says_otherwise_nothing_is_sent(
    stage: Stage, told: Any, says: str, known: str
) -> None:
    stage.move()
    OfficialAccount.objects.update(platform_id=known)
    if isinstance(told, dict) and isinstance(told.get("service"), list):
        named = told["service"][0]
        mine = named["serviceEndpoint"] in {"MINE", stage.theirs.base}
        named = named | {"serviceEndpoint": stage.theirs.base} if mine else named
        told = told | {"service": [named]}
    stage.directory.on(f"GET /{DID}", Reply(200, told))
    assert says in str(stage.refused())


def test_the_server_that_the_directory_names_is_told(stage: Stage) -> None:
    stage.move()
    elsewhere = document(stage.directory.base)
    stage.directory.on(f"GET /{DID}", Reply(200, elsewhere))
    assert stage.directory.host in str(stage.refused())


@pytest.mark.parametrize("status", [400, 404, 429, 500, 302])
def test_what_cannot_be_looked_up_is_sent_nowhere(stage: Stage, status: int) -> None:
    stage.move()
    for route in (RESOLVE, f"GET /{DID}"):
        headers = {"Location": stage.theirs.base} if status == 302 else {}
        if status == 429:
            headers = {"Retry-After": "600"}
        OfficialAccount.objects.update(platform_id="" if route == RESOLVE else DID)
        stage.directory.on(route, Reply(status, {"error": "InvalidRequest"}, headers))
        assert stage.refused().field == "host"


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (Reply(400, {"error": "InvalidRequest"}), "knows no account"),
        (Reply(404, {"message": "DID not registered"}), "knows no account"),
        (Reply(404, b"<html>not here</html>"), "could not be checked"),
        (Reply(403, b"<html>blocked by the network</html>"), "could not be checked"),
        (Reply(407, b""), "could not be checked"),
    ],
)
def test_only_whoever_was_asked_says_that_there_is_no_such_account(
    stage: Stage, refusal: Reply, says: str
) -> None:
    stage.move()
    for route, known in ((RESOLVE, ""), (f"GET /{DID}", DID)):
        OfficialAccount.objects.update(platform_id=known)
        stage.directory.on(route, refusal)
        assert says in str(stage.refused())


@pytest.mark.parametrize("did", ["did:key:zQ3", "did:web:127.0.0.1", "did:web:x/../y", "7", OTHER])
def test_a_name_that_leads_to_another_identity_is_sent_nothing(stage: Stage, did: str) -> None:
    stage.move()
    OfficialAccount.objects.update(platform_id="")
    stage.directory.on(RESOLVE, Reply(200, {"did": did}))
    stage.directory.on(f"GET /{OTHER}", Reply(200, document(stage.theirs.base, OTHER, "a.example")))
    assert stage.refused()


def test_a_server_that_shows_another_account_than_the_directory_is_refused(stage: Stage) -> None:
    stage.move()
    OfficialAccount.objects.update(platform_id="")
    stage.directory.on(RESOLVE, Reply(200, {"did": OTHER}))
    stage.directory.on(f"GET /{OTHER}", Reply(200, document(stage.theirs.base, OTHER)))
    with pytest.raises(AccountError, match="belongs to"):
        stage.connect()
    assert not Credential.objects.exists()
