from __future__ import annotations

import subprocess
import sys

import pytest

from govsocial.platforms.errors import HostRefused
from govsocial.platforms.registry import Platform, connect, native_names
from tests.platforms.fakes import MemoryStore


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("host", ["http://10.0.0.1", "localhost", "https://a:b@x.example"])
def test_a_client_is_not_made_for_a_host_that_must_not_be_reached(
    platform: Platform, host: str
) -> None:
    with pytest.raises(HostRefused):
        connect(platform, host=host, handle="kota", secrets=MemoryStore())


def test_only_bluesky_has_a_host_of_its_own() -> None:
    assert connect("bluesky", host="", handle="kota.example", secrets=MemoryStore())
    with pytest.raises(HostRefused):
        connect("mastodon", host="", handle="kota", secrets=MemoryStore())


def test_an_unknown_platform_is_an_error() -> None:
    with pytest.raises(ValueError, match="friendster"):
        connect("friendster", host="x.example", handle="kota", secrets=MemoryStore())


@pytest.mark.parametrize(
    ("platform", "likes"), [("bluesky", "likeCount"), ("mastodon", "favourites_count")]
)
def test_every_platform_names_its_own_metrics(platform: str, likes: str) -> None:
    assert native_names(platform)["likes"] == likes


def test_the_clients_load_without_django() -> None:
    code = "import sys, govsocial.platforms.registry; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
