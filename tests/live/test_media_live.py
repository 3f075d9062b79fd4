"""Films and galleries of the Bluesky client against a real PDS and AppView (``make test-live``)."""

from __future__ import annotations

import random
from typing import Any

import pytest

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.errors import Refused
from tests.live.conftest import eventually
from tests.live.test_client_live import outgoing, photo, seen, unique
from tests.platforms.films import film

pytestmark = pytest.mark.live


def test_a_film_is_published_and_shown_as_a_film(client: PlatformClient) -> None:
    """This network has no video service, so that the film is kept as it is."""
    data = b"\0\0\0\x18ftypmp42" + random.randbytes(3_000_000)
    post = outgoing(unique("Pintu air dibuka"), video=film(data, alt="Petugas di pintu air"))
    published = client.publish(post)

    found = client.find(post)
    assert found is not None
    assert found.platform_id == published.platform_id

    def shown() -> Any:
        there = seen(client, published.platform_id)
        return there and there.raw.get("embed")

    embed = eventually(shown, bool)
    assert embed["$type"] == "app.bsky.embed.video#view"
    assert embed["alt"] == "Petugas di pintu air"
    assert embed["aspectRatio"] == {"width": 1280, "height": 720}


def test_a_film_larger_than_the_server_takes_is_refused(client: PlatformClient) -> None:
    with pytest.raises(Refused, match="too large"):
        client.publish(outgoing(unique("Film"), video=film(bytes(6_000_000))))


def test_more_than_four_pictures_are_shown_as_a_gallery(client: PlatformClient) -> None:
    photos = [photo(40, f"Foto {number}") for number in range(10)]
    post = outgoing(unique("Sepuluh foto"), images=photos)
    published = client.publish(post)

    def shown() -> Any:
        there = seen(client, published.platform_id)
        return there and there.raw.get("embed")

    embed = eventually(shown, bool)
    assert embed["$type"] == "app.bsky.embed.gallery#view"
    assert [one["alt"] for one in embed["items"]] == [one.alt for one in photos]
