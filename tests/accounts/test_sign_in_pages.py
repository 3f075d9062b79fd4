"""The page to sign in to a network, to which a proxy sends every call, settles nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import tasks
from accounts.models import Revocation
from tests.accounts.consent_stage import Stage
from tests.accounts.test_revocations import again_now, disconnect, outcomes
from tests.platforms.fakes import Reply

ClientAs = Callable[[object], Client]


@pytest.mark.parametrize("status", [302, 307])
def test_a_secret_is_kept_until_the_platform_itself_has_heard_that_it_is_taken_back(
    consent: Stage, client_as: ClientAs, status: int
) -> None:
    consent.connect(client_as("bayu"))
    own = consent.platform.server.answer_of("POST /revoke")
    elsewhere = Reply(status, headers={"Location": "https://login.proxy.example/"})
    consent.platform.server.on("POST /revoke", elsewhere, own)
    disconnect(consent)
    tasks.revoke_secrets()
    waiting = Revocation.objects.get()
    assert (waiting.settled_at, waiting.last_error) == (None, "NotFromPlatform")
    assert waiting.sealed
    again_now()
    assert outcomes() == ["revoked"]
    assert len(consent.platform.server.calls("POST /revoke")) == 2
