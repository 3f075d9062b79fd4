"""Publishing on the training server's Facebook and Instagram with our clients: exactly once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from PIL import Image as Picture

from govsocial.platforms.errors import Refused, Unavailable, UnknownOutcome
from govsocial.platforms.meta.graph import VERSION
from govsocial.training.app import TrainingPlatforms
from tests.platforms.fakes import MemoryStore
from tests.training import meta_line as line
from tests.training.conftest import Caller, Make
from tests.training.line import misbehave
from tests.training.meta_line import ACCOUNT, BOTH, PAGE, Journal


@pytest.fixture
def app(make_app: Make) -> TrainingPlatforms:
    """Media are ready at once."""
    return make_app(media_seconds=0.0)


@BOTH
@pytest.mark.parametrize("count", [1, 3])
def test_pictures_go_out_with_their_descriptions(served: Caller, platform: str, count: int) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    with line.media_at({"1.jpg": (line.jpeg(), "image/jpeg")}) as address:
        sent = line.post(images=[line.image(address("1.jpg"), f"Peta {n}") for n in range(count)])
        published = client.publish(sent)
    (newest, *_) = client.posts().posts
    assert (newest.platform_id, newest.text) == (published.platform_id, "Halo warga")
    assert newest.permalink == published.permalink
    page = served.get(published.permalink.removeprefix(served.base)).text
    assert page.count("<img") == count
    assert f"Peta {count - 1}" in page
    found = client.find(sent)
    assert found is not None
    assert found.platform_id == published.platform_id
    assert client.find(replace(sent, taken={published.platform_id})) is None


@BOTH
def test_a_film_goes_out(served: Caller, platform: str) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    with line.media_at({"1.mp4": (b"film", "video/mp4")}) as address:
        published = client.publish(line.post("Film", video=line.film(address("1.mp4"))))
    (newest, *_) = client.posts().posts
    assert newest.platform_id == published.platform_id
    assert newest.video_views is not None
    assert served.get(published.permalink.removeprefix(served.base)).status_code == 200


LAST = {
    "facebook": f"POST /{VERSION}/{PAGE}/feed",
    "instagram": f"POST /{VERSION}/{ACCOUNT}/media_publish",
}


@BOTH
@pytest.mark.parametrize("kind", ["drop_after_accept", "drop_before_accept"])
def test_an_interrupted_publication_is_out_exactly_once(
    served: Caller, platform: str, kind: str
) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    journal = Journal()
    with line.media_at({"1.jpg": (line.jpeg(), "image/jpeg")}) as address:
        sent = line.post("Sekali saja", images=[line.image(address("1.jpg"))])
        misbehave(served.base, kind=kind, endpoint=LAST[platform])
        with pytest.raises(UnknownOutcome):
            client.publish(journal.with_handles(sent))
        assert journal.handles
        # A while later: before, Facebook's silence is no answer.
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
            found = client.find(journal.with_handles(sent))
        assert (found is not None) == (kind == "drop_after_accept")
        if found is None:
            found = client.publish(journal.with_handles(sent))
    texts = [one.platform_id for one in client.posts().posts if one.text == "Sekali saja"]
    assert texts == [found.platform_id]


@pytest.mark.parametrize("step", ["photos", "media"])
def test_what_breaks_before_the_last_call_leaves_nothing_and_goes_on(
    served: Caller, step: str
) -> None:
    platform = "facebook" if step == "photos" else "instagram"
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    journal = Journal()
    with line.media_at({"1.jpg": (line.jpeg(), "image/jpeg")}) as address:
        sent = line.post("Bertahap", images=[line.image(address("1.jpg")) for _ in range(3)])
        misbehave(served.base, kind="server_error", endpoint=f"POST /{VERSION}/*/{step}", times=1)
        with pytest.raises(Unavailable):
            client.publish(journal.with_handles(sent))
        assert client.find(journal.with_handles(sent)) is None
        client.publish(journal.with_handles(sent))
    assert [one.text for one in client.posts().posts].count("Bertahap") == 1


def test_a_film_that_was_cut_off_at_its_end_is_found_by_its_number(served: Caller) -> None:
    client = line.client(served, "facebook", MemoryStore(**line.secret(served, "facebook")))
    journal = Journal()
    sent = line.post("Film", video=line.film(size=400))
    # Beginning, one part, and then the end.
    for _ in range(2):
        misbehave(served.base, kind="slow", endpoint=f"POST /{VERSION}/*/videos", seconds=0)
    misbehave(served.base, kind="drop_after_accept", endpoint=f"POST /{VERSION}/*/videos")
    with pytest.raises(UnknownOutcome):
        client.publish(journal.with_handles(sent))
    found = client.find(journal.with_handles(sent))
    assert found is not None
    assert [one.platform_id for one in client.posts().posts if one.text == "Film"] == [
        found.platform_id
    ]


@pytest.mark.parametrize(
    ("name", "media_type", "reason"),
    [
        ("1.png", "image/png", ""),
        ("gone.jpg", "image/jpeg", "Media tidak dapat diambil"),
        ("text.jpg", "image/jpeg", ""),
    ],
)
def test_instagram_fetches_pictures_itself_and_refuses_what_is_none(
    served: Caller, name: str, media_type: str, reason: str
) -> None:
    png = BytesIO()
    Picture.new("RGB", (100, 100)).save(png, "PNG")
    content = {"1.png": (png.getvalue(), "image/png"), "text.jpg": (b"text", "image/jpeg")}
    client = line.client(served, "instagram", MemoryStore(**line.secret(served, "instagram")))
    with line.media_at(content) as address, pytest.raises(Refused) as caught:
        client.publish(line.post(images=[line.image(address(name))]))
    assert reason in caught.value.words


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/a.jpg", "http://kota.example/a.jpg", "file:///etc/passwd", "x"]
)
def test_the_training_server_fetches_from_this_machine_only(served: Caller, address: str) -> None:
    client = line.client(served, "instagram", MemoryStore(**line.secret(served, "instagram")))
    with pytest.raises(Refused):
        client.publish(line.post(images=[line.image(address)]))
