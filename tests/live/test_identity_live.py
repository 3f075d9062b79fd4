"""Where an account lives, asked of a real PLC directory and a real PDS (``make test-live``)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from govsocial.platforms.bluesky import identity
from govsocial.platforms.registry import home
from tests.live.citizens import Network

pytestmark = pytest.mark.live


@pytest.mark.parametrize("known", [True, False])
def test_directory_and_resolver_tell_where_the_account_lives(
    network: Network, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    monkeypatch.setattr(identity, "RESOLVER", network.pds_url)
    monkeypatch.setattr(identity, "DIRECTORY", network.plc_url)

    found = home(
        "bluesky",
        handle=network.official.handle,
        platform_id=network.official.did if known else "",
        allowed_private=[urlsplit(url).netloc for url in (network.pds_url, network.plc_url)],
    )

    assert found is not None
    assert (found.platform_id, found.handle) == (network.official.did, network.official.handle)
    assert found.server == network.pds_url.rstrip("/")
