from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from govsocial.platforms.errors import HostRefused
from govsocial.platforms.registry import Platform, connect, native_names
from tests.platforms.fakes import MemoryStore

OWN_SERVERS = [Platform.BLUESKY, Platform.MASTODON]
CENTRAL = [Platform.THREADS, Platform.X, Platform.YOUTUBE, Platform.TIKTOK]
METRICS = Path(__file__).resolve().parent.parent.parent / "docs" / "metrics.md"


@pytest.mark.parametrize("platform", OWN_SERVERS)
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
    ("platform", "likes"),
    [
        ("bluesky", "likeCount"),
        ("mastodon", "favourites_count"),
        ("threads", "likes"),
        ("x", "like_count"),
    ],
)
def test_every_platform_names_its_own_metrics(platform: str, likes: str) -> None:
    assert native_names(platform)["likes"] == likes


@pytest.mark.parametrize("platform", [*OWN_SERVERS, *CENTRAL])
def test_the_page_on_metrics_names_each_as_the_platform_does(platform: Platform) -> None:
    """One row to a name, one column to a platform; what is not in the code is "not given"."""
    rows = [line.strip("|").split("|") for line in METRICS.read_text("utf-8").splitlines()]
    table = [[cell.strip() for cell in row] for row in rows if len(row) > 2]
    head = next(row for row in table if row[0] == "Name")
    column = next(i for i, cell in enumerate(head) if cell.lower().startswith(platform.value))
    written = {
        name: row[column].split(" (")[0]
        for row in table
        for name in row[0].split(", ")
        if len(row) == len(head) and row is not head and not name.startswith("-")
    }
    assert written.keys() >= {"likes", "views", "link_clicks"}
    given = {name: native for name, native in written.items() if native != "not given"}
    assert given == native_names(platform)


def test_the_clients_load_without_django() -> None:
    code = "import sys, govsocial.platforms.registry; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
