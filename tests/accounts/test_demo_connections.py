"""Seeding goes the way that people go, and changes nothing the second time."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest

from accounts.demo_connections import connect_by_consent
from accounts.models import Credential, OfficialAccount, PlatformApp
from govsocial.training.agency import BY_KEY, TrainingAccount
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.fake_platform import FakePlatform
from tests.cast import Cast
from tests.platforms.fakes import Received, Reply


@pytest.fixture
def told(fake_platform: FakePlatform) -> TrainingAccount:
    """An account of the training agency on the made-up platform, whose page of consent agrees."""

    def page(received: Received) -> Reply:
        asked = {key: value[0] for key, value in parse_qs(received.body.decode()).items()}
        if asked.get("decision") != "allow":
            return Reply(400)
        back = fake_platform.consent(f"/authorize?{urlencode(asked)}")
        return Reply(303, None, {"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    fake_platform.server.on("POST /authorize", page)
    known = BY_KEY["mastodon:samudrakota"]
    names = [name for name in known.__slots__ if name not in {"key", "platform"}]
    return TrainingAccount(
        key="x:samudrakota", platform="x", **{name: getattr(known, name) for name in names}
    )


def test_an_account_is_connected_by_consent_once(
    cast: Cast, fake_platform: FakePlatform, told: TrainingAccount
) -> None:
    factories.official_account(cast.diskominfo, platform="x", handle="samudrakota", host="")
    said: list[str] = []
    for _ in range(2):
        connect_by_consent(
            cast.bayu, [told], {told.unit: cast.diskominfo}, said.append, lambda one: "Kabar"
        )
    assert len(said) == 1
    assert OfficialAccount.objects.get().platform_id == "101"
    assert Credential.objects.get().app == PlatformApp.objects.get()
    assert len(trail("accounts.consent.started")) == 1


def test_a_platform_without_consent_is_left_to_the_others(
    cast: Cast, fake_platform: FakePlatform
) -> None:
    open_ones = [one for one in BY_KEY.values() if one.platform in {"bluesky", "mastodon"}]
    said: list[str] = []
    connect_by_consent(cast.bayu, open_ones, {}, said.append, lambda one: "")
    assert not OfficialAccount.objects.exists()
