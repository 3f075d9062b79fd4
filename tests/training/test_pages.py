"""Pages for people: the post as published, its numbers, and that nothing of it is real."""

from __future__ import annotations

import re

import pytest

from govsocial.training.agency import ACCOUNTS, TrainingAccount
from tests.training.conftest import Caller, Clock, png

EVIL = '<script>alert("x")</script> & <b onclick=x>'
NOTICE = "Platform latihan. Bukan unggahan sebenarnya."


def test_every_page_says_that_this_is_training(caller: Caller, kominfo: TrainingAccount) -> None:
    for path in ("/", f"/profile/{kominfo.handle}", "/@bpbd_samudra", "/nothing-here"):
        page = caller.get(path)
        assert NOTICE in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "<script" not in page.text
        assert "style=" not in page.text


def test_every_account_and_its_posts_are_reached_from_the_index(caller: Caller) -> None:
    index = caller.get("/").text
    profiles = re.findall(r'class="card"><a href="([^"]+)"', index)
    assert len(profiles) == len([one for one in ACCOUNTS if one.platform != "feed"])
    for profile in profiles:
        listing = caller.get(profile).text
        posts = re.findall(r'class="when">[^<]*<a href="([^"]+)"', listing)
        assert len(posts) == 25
        assert caller.get(posts[0]).status_code == 200


def test_a_bluesky_post_shows_text_picture_alt_text_and_numbers(
    caller: Caller, kominfo: TrainingAccount
) -> None:
    caller.sign_in(kominfo)
    upload = "/xrpc/com.atproto.repo.uploadBlob"
    blob = caller.post(upload, data=png(), headers={"Content-Type": "image/png"}).json()["blob"]
    embed = {
        "$type": "app.bsky.embed.images",
        "images": [{"alt": 'Alt "kutip" <i>', "image": blob}],
    }
    body = caller.record(kominfo, EVIL, rkey="3n2wopmkuyh2b", record={"embed": embed})
    assert caller.post("/xrpc/com.atproto.repo.createRecord", json=body).status_code == 200
    page = caller.get(f"/profile/{kominfo.handle}/post/3n2wopmkuyh2b").text
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &lt;b onclick=x&gt;" in page
    assert 'alt="Alt &quot;kutip&quot; &lt;i&gt;"' in page
    assert "<script" not in page
    assert "<b " not in page
    assert "<dt>suka</dt><dd>0</dd>" in page
    picture = re.search(r'<img src="([^"]+)"', page)
    assert picture is not None
    assert caller.get(picture.group(1)).content == png()


def test_a_mastodon_post_escapes_its_text_on_the_page_and_in_the_api(
    caller: Caller, mastodon: TrainingAccount
) -> None:
    caller.token = mastodon.secret
    status = caller.post("/api/v1/statuses", data={"status": EVIL}).json()
    assert "<script" not in status["content"]
    page = caller.get(status["url"].removeprefix(caller.base))
    assert page.status_code == 200
    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text


def test_a_film_on_mastodon_is_told_with_its_description_and_not_shown(
    caller: Caller, mastodon: TrainingAccount, clock: Clock
) -> None:
    caller.token = mastodon.secret
    files = {"file": ("film.mp4", b"film", "video/mp4")}
    media = caller.post("/api/v2/media", files=files, data={"description": "Pintu <air>"}).json()
    clock.forward(seconds=3)
    body = {"status": "Liputan", "media_ids": [media["id"]]}
    status = caller.post("/api/v1/statuses", json=body).json()
    page = caller.get(status["url"].removeprefix(caller.base)).text
    assert "<figure><p>Film</p><figcaption>Pintu &lt;air&gt;</figcaption></figure>" in page
    address = status["media_attachments"][0]["url"].removeprefix(caller.base)
    assert caller.get(address).status_code == 404


def test_links_in_a_text_cannot_break_out_of_their_attribute(
    caller: Caller, mastodon: TrainingAccount
) -> None:
    caller.token = mastodon.secret
    text = 'https://samudrakota.example/"onmouseover="x #a"b'
    status = caller.post("/api/v1/statuses", data={"status": text}).json()
    page = caller.get(status["url"].removeprefix(caller.base)).text
    for html in (status["content"], page):
        assert '"onmouseover' not in html


def test_a_private_status_has_no_page(caller: Caller, mastodon: TrainingAccount) -> None:
    caller.token = mastodon.secret
    body = {"status": "Internal", "visibility": "private"}
    status = caller.post("/api/v1/statuses", data=body).json()
    assert caller.get(status["url"].removeprefix(caller.base)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/profile/nobody.latihan.test",
        "/@nobody",
        "/@samudrakota/1",
        "/profile/samudrakota.latihan.test/post/none",
        "/training/media/../../etc/passwd",
        "/training/media/layanan-9.png",
        "/system/media_attachments/..",
        "/img/feed_fullsize/plain/x/bafkreinone",
    ],
)
def test_what_is_not_there_is_not_found(caller: Caller, path: str) -> None:
    assert caller.get(path).status_code == 404


def test_uploads_that_are_not_images_are_never_served_as_pages(
    caller: Caller, kominfo: TrainingAccount
) -> None:
    caller.sign_in(kominfo)
    upload = "/xrpc/com.atproto.repo.uploadBlob"
    answer = caller.post(upload, data=b"<script>1</script>", headers={"Content-Type": "text/html"})
    cid = answer.json()["blob"]["ref"]["$link"]
    assert caller.get(f"/img/feed_fullsize/plain/x/{cid}").status_code == 404
    blob = caller.xrpc("com.atproto.sync.getBlob", did=kominfo.platform_id, cid=cid)
    assert "sandbox" in blob.headers["content-security-policy"]
    assert blob.headers["x-content-type-options"] == "nosniff"


def test_a_profile_is_a_page_of_modest_size(caller: Caller, kominfo: TrainingAccount) -> None:
    assert len(caller.get(f"/profile/{kominfo.handle}").content) < 60_000


def test_pages_are_only_read(caller: Caller) -> None:
    assert caller.post("/").status_code == 405
    assert caller.call("HEAD", "/").content == b""
