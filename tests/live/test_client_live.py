"""The Bluesky client against a real PDS and AppView (``make test-live``)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from PIL import Image as Picture

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, PostKind, SeenPost
from govsocial.platforms.bluesky.client import LIMITS
from govsocial.platforms.errors import AuthRevoked, PlatformError, RateLimited, Refused
from govsocial.platforms.registry import new_key
from tests.live.citizens import Citizen, Network
from tests.live.conftest import MemorySecrets, client_of, eventually

pytestmark = pytest.mark.live

FAMILY = "👨‍👩‍👧‍👦"  # one character to a reader, seven code points, 25 bytes


def outgoing(text: str, *, at: datetime | None = None, **values: Any) -> OutgoingPost:
    at = at or datetime.now(UTC)
    values = {"language": "id"} | values
    return OutgoingPost(key=new_key("bluesky", at), text=text, created_at=at, **values)


def unique(text: str) -> str:
    """A text that no earlier run against the same network has sent."""
    return f"{text} ({random.randrange(10**12)})"


def photo(kilobytes: int, alt: str = "") -> Image:
    """A real JPEG, filled up to exactly so many kilobytes; no two are the same."""
    picture = Picture.effect_noise((20, 15), 90).convert("RGB").resize((800, 600))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=40)
    data = file.getvalue().ljust(kilobytes * 1000, b"\0")
    assert len(data) == kilobytes * 1000
    return Image(data=data, media_type="image/jpeg", alt=alt, width=800, height=600)


def expired(token: str, secret: str) -> str:
    """The same session token, signed by the same server, whose time was up an hour ago."""

    def encoded(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    header, payload, _ = token.split(".")
    values = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    values["exp"] = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    body = f"{header}.{encoded(json.dumps(values).encode())}"
    signature = hmac.digest(secret.encode(), body.encode(), "sha256")
    return f"{body}.{encoded(signature)}"


def seen(client: PlatformClient, uri: str) -> SeenPost | None:
    return next(iter(client.metrics([uri])), None)


def test_signing_in_with_the_app_password_finds_the_account_and_its_server(
    network: Network, client: PlatformClient, secrets: MemorySecrets
) -> None:
    profile = client.profile()

    assert profile.platform_id == network.official.did
    assert profile.handle == network.official.handle
    assert profile.display_name == "Pemerintah Kota Samudra"
    assert secrets.load()["pds"] == network.pds_url


def test_links_mentions_and_hashtags_stand_as_rich_text_in_the_repository(
    network: Network, client: PlatformClient, citizens: list[Citizen]
) -> None:
    link, tag = "https://samudrakota.example/layanan?kanal=1", "LayananWarga"
    mention, nobody = f"@{network.citizens[0].handle}", "@tidak-ada.test"
    text = (
        f"Warga {FAMILY} Kota Samudra: {link}, tanya {mention} atau {nobody}. Terima kasih #{tag}"
    )
    post = outgoing(text)

    published = client.publish(post)

    record = citizens[0].record(published.platform_id)["value"]
    assert record["text"] == text
    assert record["langs"] == ["id"]
    assert datetime.fromisoformat(record["createdAt"]) == post.created_at.replace(
        microsecond=post.created_at.microsecond // 1000 * 1000
    )
    marked = [
        (
            text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
            {name: value for name, value in facet["features"][0].items() if name != "$type"},
        )
        for facet in record["facets"]
    ]
    assert marked == [
        (link, {"uri": link}),
        (mention, {"did": network.citizens[0].did}),
        (f"#{tag}", {"tag": tag}),
    ]


def test_pictures_arrive_with_their_bytes_descriptions_and_shape(
    network: Network, client: PlatformClient, citizens: list[Citizen]
) -> None:
    pictures = [photo(40, "Balai Kota di pagi hari"), photo(50, "Antrean layanan, sepi")]

    published = client.publish(outgoing("Foto hari ini", images=pictures))

    embed = citizens[0].record(published.platform_id)["value"]["embed"]
    assert embed["$type"] == "app.bsky.embed.images"
    assert [image["alt"] for image in embed["images"]] == [picture.alt for picture in pictures]
    assert embed["images"][0]["aspectRatio"] == {"width": 800, "height": 600}
    for image, picture in zip(embed["images"], pictures, strict=True):
        where = {"did": network.official.did, "cid": image["image"]["ref"]["$link"]}
        blob = requests.get(
            f"{network.pds_url}/xrpc/com.atproto.sync.getBlob", params=where, timeout=20
        )
        assert hashlib.sha256(blob.content).digest() == hashlib.sha256(picture.data).digest()
        assert image["image"]["mimeType"] == "image/jpeg"


def test_a_post_sent_twice_is_one_post(
    network: Network, client: PlatformClient, citizens: list[Citizen]
) -> None:
    post = outgoing(unique("Dikirim dua kali, tampil satu kali"), images=[photo(40, "Bukti")])

    first = client.publish(post)
    second = client.publish(post)

    assert second.platform_id == first.platform_id
    assert second.response["cid"] == first.response["cid"]
    texts = [record["value"]["text"] for record in citizens[0].records(network.official.did)]
    assert texts.count(post.text) == 1


def test_looking_for_a_post_finds_it_only_after_it_was_sent(client: PlatformClient) -> None:
    post = outgoing("Dicari sesudah dikirim")

    assert client.find(post) is None
    published = client.publish(post)
    found = client.find(post)

    assert found is not None
    assert (found.platform_id, found.permalink) == (published.platform_id, published.permalink)


def test_metrics_are_what_the_citizens_did(
    client: PlatformClient, citizens: list[Citizen], owner: Citizen
) -> None:
    melati, bagus, tigor = citizens
    uri = client.publish(outgoing("Bagaimana layanan kami?")).platform_id
    quiet = client.publish(outgoing("Tidak ada yang menanggapi")).platform_id
    for citizen in citizens:
        citizen.like(uri)
    melati.repost(uri)
    bagus.repost(uri)
    answer = melati.reply(uri, "Cepat dan ramah")
    bagus.reply(uri, "Antrean masih panjang")
    owner.reply(answer, "Terima kasih")
    tigor.quote(uri, "Patut dicoba")

    found = eventually(
        lambda: client.metrics([quiet, uri]),
        lambda posts: len(posts) == 2 and (posts[1].likes, posts[1].quotes) == (3, 1),
    )

    assert [post.platform_id for post in found] == [quiet, uri]
    loud = found[1]
    # An answer to an answer belongs to the answer.
    assert (loud.likes, loud.shares, loud.comments, loud.quotes, loud.saves) == (3, 2, 2, 1, 0)
    assert (loud.views, loud.reach, loud.link_clicks) == (None, None, None)
    assert (found[0].likes, found[0].shares, found[0].comments) == (0, 0, 0)


def test_a_like_taken_back_is_no_longer_counted(
    client: PlatformClient, citizens: list[Citizen]
) -> None:
    uri = client.publish(outgoing("Suka, lalu tidak jadi")).platform_id
    like = citizens[0].like(uri)
    citizens[1].like(uri)
    before = eventually(lambda: seen(client, uri), lambda post: bool(post and post.likes == 2))

    citizens[0].delete(like)
    after = eventually(lambda: seen(client, uri), lambda post: bool(post and post.likes == 1))

    assert before is not None
    assert after is not None
    assert (before.likes, after.likes) == (2, 1)


def test_followers_are_counted(
    network: Network, client: PlatformClient, citizens: list[Citizen]
) -> None:
    before = client.profile().followers
    follow = citizens[2].follow(network.official.did)
    assert before is not None

    during = eventually(lambda: client.profile().followers, lambda count: count == before + 1)
    citizens[2].delete(follow)
    after = eventually(lambda: client.profile().followers, lambda count: count == before)

    assert (during, after) == (before + 1, before)


def test_the_feed_is_read_page_by_page_to_its_end_without_what_others_wrote(
    client: PlatformClient, citizens: list[Citizen], owner: Citizen
) -> None:
    start = datetime.now(UTC)
    sent = [
        client.publish(outgoing(f"Kabar {number}", at=start - timedelta(seconds=60 - number)))
        for number in range(60)
    ]
    question = citizens[0].post("Jam buka?")
    reply = owner.reply(question, "Jam delapan")
    owner.repost(question)
    sent_ids = [published.platform_id for published in sent]
    newest = {*sent_ids, reply}

    def everything() -> list[SeenPost]:
        found: list[SeenPost] = []
        cursor: str | None = None
        for _ in range(20):
            page = client.posts(cursor=cursor)
            found += page.posts
            cursor = page.next_cursor
            if cursor is None:
                return found
        raise AssertionError("The feed has no end.")

    posts = eventually(everything, lambda posts: newest <= {post.platform_id for post in posts})

    ids = [post.platform_id for post in posts]
    assert newest <= set(ids)
    assert len(ids) == len(set(ids))
    assert question not in ids
    assert [uri for uri in ids if uri in sent_ids] == list(reversed(sent_ids))
    assert {post.platform_id for post in posts if post.kind is PostKind.REPLY} >= {reply}
    kinds = {post.kind for post in posts if post.platform_id in newest - {reply}}
    assert kinds == {PostKind.POST}


def test_an_expired_session_is_renewed_once_and_the_post_goes_out_once(
    network: Network, client: PlatformClient, secrets: MemorySecrets, citizens: list[Citizen]
) -> None:
    client.profile()
    old = secrets.load()
    secrets.secret["access_jwt"] = expired(old["access_jwt"], network.jwt_secret)
    rotations = secrets.rotations
    post = outgoing(unique("Sesudah sesi habis"))

    client.publish(post)

    assert secrets.rotations == rotations + 1
    assert secrets.load()["refresh_jwt"] != old["refresh_jwt"]
    texts = [record["value"]["text"] for record in citizens[0].records(network.official.did)]
    assert texts.count(post.text) == 1


def test_a_session_ended_elsewhere_is_made_anew_with_the_app_password(
    network: Network, client: PlatformClient, secrets: MemorySecrets
) -> None:
    client.profile()
    old = secrets.load()
    ended = requests.post(
        f"{network.pds_url}/xrpc/com.atproto.server.deleteSession",
        headers={"Authorization": f"Bearer {old['refresh_jwt']}"},
        timeout=20,
    )
    ended.raise_for_status()
    secrets.secret["access_jwt"] = expired(old["access_jwt"], network.jwt_secret)

    assert client.profile().platform_id == network.official.did
    assert secrets.load()["refresh_jwt"] != old["refresh_jwt"]


def test_an_app_password_taken_back_asks_a_person_to_connect_again(
    network: Network, owner: Citizen
) -> None:
    name = f"sementara-{random.randrange(10**9)}"
    made = owner.call("POST", "com.atproto.server.createAppPassword", json={"name": name})
    secrets = MemorySecrets({"app_password": made["password"]})
    client = client_of(network, network.official, secrets)
    client.profile()

    owner.call("POST", "com.atproto.server.revokeAppPassword", json={"name": name})
    secrets.secret["access_jwt"] = expired(secrets.load()["access_jwt"], network.jwt_secret)

    with pytest.raises(AuthRevoked) as refusal:
        client.publish(outgoing("Tidak boleh terbit"))
    assert refusal.value.permanent
    assert made["password"] not in str(refusal.value)


def test_a_wrong_app_password_is_refused_for_good(network: Network) -> None:
    secrets = MemorySecrets({"app_password": "salah-salah-salah"})

    with pytest.raises(AuthRevoked):
        client_of(network, network.official, secrets).profile()

    assert "access_jwt" not in secrets.load()


def test_too_many_sign_ins_are_answered_with_the_time_to_wait(network: Network) -> None:
    failure: PlatformError | None = None
    for _ in range(40):
        secrets = MemorySecrets({"app_password": network.impatient.password})
        try:
            client_of(network, network.impatient, secrets).profile()
        except RateLimited as limited:
            failure = limited
            break

    assert failure is not None
    assert failure.status == 429
    assert failure.retry_after is not None
    assert 0 < failure.retry_after <= 300
    assert not failure.permanent


@pytest.mark.parametrize(
    ("fits", "too_much"),
    [("a" * 300, "a" * 301), (FAMILY * 120, FAMILY * 121)],
    ids=["graphemes", "bytes"],
)
def test_the_length_limits_are_those_of_the_platform(
    client: PlatformClient, fits: str, too_much: str
) -> None:
    post = outgoing(fits)
    client.publish(post)
    assert client.find(post) is not None

    # Our own check refuses first; without it, the platform does.
    with pytest.raises(Refused, match="at most"):
        client.publish(outgoing(too_much))
    client.limits = replace(LIMITS, text=1000, text_bytes=10_000)
    post = outgoing(too_much)
    with pytest.raises(Refused) as refusal:
        client.publish(post)
    assert refusal.value.status == 400
    assert client.find(post) is None


def test_the_picture_limit_is_that_of_the_platform(client: PlatformClient) -> None:
    largest = outgoing("Foto besar", images=[photo(2000, "Peta")])
    too_large = outgoing("Foto terlalu besar", images=[photo(2001, "Peta")])

    client.publish(largest)
    assert client.find(largest) is not None

    with pytest.raises(Refused, match="at most"):
        client.publish(too_large)
    client.limits = replace(LIMITS, image_bytes=3_000_000)
    with pytest.raises(Refused) as refusal:
        client.publish(too_large)
    assert refusal.value.status == 400
    assert client.find(too_large) is None


def test_a_post_deleted_on_the_platform_is_missing_from_the_metrics(
    client: PlatformClient, owner: Citizen
) -> None:
    kept = client.publish(outgoing("Tetap ada")).platform_id
    post = outgoing("Akan dihapus")
    gone = client.publish(post).platform_id
    both = eventually(lambda: client.metrics([gone, kept]), lambda posts: len(posts) == 2)
    assert len(both) == 2

    owner.delete(gone)
    left = eventually(lambda: client.metrics([gone, kept]), lambda posts: len(posts) == 1)

    assert [post.platform_id for post in left] == [kept]
    assert client.find(post) is None


def test_metrics_of_more_posts_than_one_call_takes(client: PlatformClient) -> None:
    uris = [client.publish(outgoing(f"Pos {number}")).platform_id for number in range(30)]

    found = eventually(lambda: client.metrics(uris), lambda posts: len(posts) == 30)

    assert [post.platform_id for post in found] == uris
