"""Facebook and Instagram on the training server: our clients' whole line, and Meta's own library
reading the same accounts and the same posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from PIL import Image as Picture

from govsocial.platforms.base import Image, OutgoingPost, Video
from govsocial.platforms.errors import (
    AuthRevoked,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.meta.graph import VERSION
from govsocial.platforms.oauth import missing_scopes
from govsocial.training.agency import APPS
from govsocial.training.app import TrainingPlatforms
from tests.platforms.fakes import MemoryStore
from tests.training import meta_line as line
from tests.training.conftest import ANCHOR, CONTROL, Caller, Make
from tests.training.line import BACK, misbehave
from tests.training.meta_line import Journal

PAGE, ACCOUNT = "104958162837465", "17841405793187218"
NAMES = {"facebook": PAGE, "instagram": ACCOUNT}
PAGE_SIZES = {"facebook": 25, "instagram": 50}
BOTH = pytest.mark.parametrize("platform", ["facebook", "instagram"])


@pytest.fixture
def app(make_app: Make) -> TrainingPlatforms:
    """Media are ready at once."""
    return make_app(media_seconds=0.0)


@pytest.fixture
def library() -> Iterator[Any]:
    """Makes Meta's own client for a token, at the training server."""

    def make(served: Caller, token: str, platform: str = "facebook") -> FacebookAdsApi:
        session = FacebookSession(*APPS[platform], token)
        session.GRAPH = served.base
        session.requests.trust_env = False
        return FacebookAdsApi(session, api_version=VERSION)

    yield make
    FacebookAdsApi.set_default_api(None)


def jpeg(width: int = 108, height: int = 108) -> bytes:
    out = BytesIO()
    Picture.new("RGB", (width, height), (31, 95, 191)).save(out, "JPEG")
    return out.getvalue()


def image(address: str | None = None, alt: str = "Peta banjir") -> Image:
    data = jpeg()
    return Image(data=data, media_type="image/jpeg", alt=alt, width=108, height=108, url=address)


def film(address: str | None = None, size: int = 2_500_000) -> Video:
    data = b"film" * (size // 4)
    return Video(
        size=len(data),
        media_type="video/mp4",
        seconds=9.0,
        width=1080,
        height=1920,
        read=lambda offset, length: data[offset : offset + length],
        url=address,
    )


def post(text: str = "Halo warga", **changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {"key": "k", "language": "id", "created_at": ANCHOR, **changes}
    return OutgoingPost(text=text, **values)


def behave(served: Caller, kind: str, **order: Any) -> None:
    misbehave(served.base, kind=kind, **order)


@BOTH
def test_consent_leads_to_the_account_and_its_own_token(served: Caller, platform: str) -> None:
    held = line.person(served, platform)
    consent = line.asking(served, platform)
    assert missing_scopes(consent.scopes, held) == []
    (choice,) = consent.choices(held)
    assert choice.platform_id == NAMES[platform]
    assert choice.handle == "samudrakota"
    assert choice.secret["page_id"] == PAGE
    assert choice.secret["access_token"] != held["access_token"]
    ends = datetime.fromisoformat(choice.secret["expires_at"])
    assert ends == ANCHOR.replace(microsecond=0) + timedelta(days=90)
    profile = line.client(served, platform, MemoryStore(**choice.secret)).profile()
    assert (profile.platform_id, profile.handle) == (choice.platform_id, choice.handle)
    assert (profile.url, profile.display_name) == (choice.url, choice.display_name)
    assert served.get(profile.url.removeprefix(served.base)).status_code == 200


@BOTH
def test_a_refused_consent_gives_no_code_and_a_code_is_good_once(
    served: Caller, platform: str
) -> None:
    assert line.decided(served, platform, "deny") == {
        "state": "st",
        "error": "access_denied",
        "error_description": "The user denied the request.",
    }
    code = line.decided(served, platform, "allow")["code"]
    consent = line.asking(served, platform)
    with pytest.raises(Refused):
        consent.exchange(code=code, redirect_uri=f"{BACK}/other", verifier="")
    with pytest.raises(Refused):
        consent.exchange(code=code, redirect_uri=BACK, verifier="")


@pytest.mark.parametrize(
    ("platform", "right"),
    [("facebook", "pages_manage_posts"), ("instagram", "instagram_content_publish")],
)
def test_without_the_right_to_publish_an_account_is_only_read(
    served: Caller, platform: str, right: str
) -> None:
    held = line.secret(served, platform, without=right)
    client = line.client(served, platform, MemoryStore(**held))
    assert client.posts().posts
    with pytest.raises(PermissionMissing):
        client.check_can_publish()
    media = {"1.jpg": (jpeg(), "image/jpeg")}
    with line.media_at(media) as address, pytest.raises(PermissionMissing):
        client.publish(post(images=[image(address("1.jpg"))]))
    line.client(served, platform, MemoryStore(**line.secret(served, platform))).check_can_publish()


@BOTH
@pytest.mark.parametrize("whose", ["person", "page"])
def test_consent_taken_back_ends_every_token_that_came_from_it(
    served: Caller, platform: str, whose: str
) -> None:
    held = line.person(served, platform)
    consent = line.asking(served, platform)
    (choice,) = consent.choices(held)
    client = line.client(served, platform, MemoryStore(**choice.secret))
    client.profile()
    taken_back = held if whose == "person" else choice.secret
    consent.revoke(taken_back)
    for read in (client.profile, client.posts, client.check_can_publish):
        with pytest.raises(AuthRevoked):
            read()
    consent.revoke(taken_back)
    again = line.secret(served, platform)
    assert line.client(served, platform, MemoryStore(**again)).profile()


@BOTH
def test_metas_own_library_reads_the_same_account_and_the_same_posts(
    served: Caller, library: Any, platform: str
) -> None:
    held = line.secret(served, platform)
    client = line.client(served, platform, MemoryStore(**held))
    ours = [*client.posts().posts]
    ours += client.posts(cursor=client.posts().next_cursor).posts
    api = library(served, held["access_token"], platform)
    profile = client.profile()
    if platform == "facebook":
        theirs = Page(PAGE, api=api)
        read = theirs.api_get(fields=["name", "followers_count", "username"])
        assert (read["name"], read["followers_count"]) == (profile.display_name, profile.followers)
        fields = ["id", "message", "created_time"]
        cursor = theirs.get_published_posts(fields=fields, params={"limit": 30})
        shown = [(one["id"], one.get("message", ""), one["created_time"]) for one in cursor]
    else:
        account = IGUser(ACCOUNT, api=api)
        read = account.api_get(fields=["username", "followers_count", "media_count"])
        assert (read["username"], read["media_count"]) == (profile.handle, profile.posts)
        fields = ["id", "caption", "timestamp", "like_count"]
        media = account.get_media(fields=fields, params={"limit": 30})
        shown = [(one["id"], one.get("caption", ""), one["timestamp"]) for one in media]
    assert len(ours) == 2 * PAGE_SIZES[platform]
    assert shown[: len(ours)] == [
        (one.platform_id, one.text, one.posted_at.strftime("%Y-%m-%dT%H:%M:%S+0000"))
        for one in ours
    ]
    assert len({one[0] for one in shown}) == len(shown) > 300


def test_metas_own_library_reads_the_same_insights(served: Caller, library: Any) -> None:
    held = line.secret(served, "instagram")
    client = line.client(served, "instagram", MemoryStore(**held))
    api = library(served, held["access_token"], "instagram")
    newest = {one.platform_id: one for one in client.posts().posts[:5]}
    for one in list(IGUser(ACCOUNT, api=api).get_media(params={"limit": 5}))[:5]:
        told = {
            metric["name"]: metric["values"][0]["value"]
            for metric in one.get_insights(params={"metric": ["views", "reach", "saved"]})
        }
        ours = newest[one["id"]]
        assert told == {"views": ours.views, "reach": ours.reach, "saved": ours.saves}
    with pytest.raises(FacebookRequestError) as caught:
        one.get_insights(params={"metric": ["impressions"]})
    assert caught.value.api_error_code() == 100


def test_metas_own_library_publishes_what_our_client_finds_and_deletes(
    served: Caller, library: Any
) -> None:
    held = line.secret(served, "facebook")
    client = line.client(served, "facebook", MemoryStore(**held))
    made = Page(PAGE, api=library(served, held["access_token"])).create_feed(
        params={"message": "Dari pustaka resmi"}
    )
    found = client.find(post("Dari pustaka resmi"))
    assert found is not None
    assert found.platform_id == made["id"]
    client.delete(made["id"])
    client.delete(made["id"])
    assert client.metrics([made["id"]]) == []


def test_metas_own_library_finds_the_same_pages(served: Caller, library: Any) -> None:
    held = line.person(served, "facebook")
    (page,) = User("me", api=library(served, held["access_token"])).get_accounts(
        fields=["id", "name", "access_token"]
    )
    (choice,) = line.asking(served, "facebook").choices(held)
    assert (page["id"], page["access_token"]) == (
        choice.platform_id,
        choice.secret["access_token"],
    )


@BOTH
def test_posts_have_their_figures_and_older_ones_follow(served: Caller, platform: str) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    page = client.posts()
    assert len(page.posts) == PAGE_SIZES[platform]
    old = client.posts(cursor=page.next_cursor).posts[-1]
    assert old.views is not None
    assert old.reach is not None
    assert old.views > old.reach > (old.likes or 0) > 0
    (again,) = client.metrics([old.platform_id])
    assert (again.views, again.likes) == (old.views, old.likes)
    assert served.get(old.permalink.removeprefix(served.base)).status_code == 200


@BOTH
def test_days_have_figures_that_stay(served: Caller, platform: str) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    last = ANCHOR.date() - timedelta(days=2)
    days = client.days(last - timedelta(days=4), last)
    assert [day.day for day in days] == [last - timedelta(days=4 - n) for n in range(5)]
    for day in days:
        assert day.views is not None
        assert day.reach is not None
        assert day.views > day.reach > 0
        assert day.followers_gained is not None
    assert list(client.days(last, last)) == [days[-1]]


@BOTH
@pytest.mark.parametrize("count", [1, 3])
def test_pictures_go_out_with_their_descriptions(served: Caller, platform: str, count: int) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    with line.media_at({"1.jpg": (jpeg(), "image/jpeg")}) as address:
        sent = post(images=[image(address("1.jpg"), f"Peta {n}") for n in range(count)])
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
    assert client.find(sent, taken={published.platform_id}) is None


@BOTH
def test_a_film_goes_out(served: Caller, platform: str) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    with line.media_at({"1.mp4": (b"film", "video/mp4")}) as address:
        published = client.publish(post("Film", video=film(address("1.mp4"))))
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
    with line.media_at({"1.jpg": (jpeg(), "image/jpeg")}) as address:
        sent = post("Sekali saja", images=[image(address("1.jpg"))])
        behave(served, kind, endpoint=LAST[platform])
        with pytest.raises(UnknownOutcome):
            client.publish(journal.with_handles(sent))
        assert journal.handles
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
    with line.media_at({"1.jpg": (jpeg(), "image/jpeg")}) as address:
        sent = post("Bertahap", images=[image(address("1.jpg")) for _ in range(3)])
        behave(served, "server_error", endpoint=f"POST /{VERSION}/*/{step}", times=1)
        with pytest.raises(Unavailable):
            client.publish(journal.with_handles(sent))
        assert client.find(journal.with_handles(sent)) is None
        client.publish(journal.with_handles(sent))
    assert [one.text for one in client.posts().posts].count("Bertahap") == 1


def test_a_film_that_was_cut_off_at_its_end_is_found_by_its_number(served: Caller) -> None:
    client = line.client(served, "facebook", MemoryStore(**line.secret(served, "facebook")))
    journal = Journal()
    sent = post("Film", video=film(size=400))
    # Beginning, one part, and then the end.
    for _ in range(2):
        behave(served, "slow", endpoint=f"POST /{VERSION}/*/videos", seconds=0)
    behave(served, "drop_after_accept", endpoint=f"POST /{VERSION}/*/videos")
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
        client.publish(post(images=[image(address(name))]))
    assert reason in caught.value.words


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/a.jpg", "http://kota.example/a.jpg", "file:///etc/passwd", "x"]
)
def test_the_training_server_fetches_from_this_machine_only(served: Caller, address: str) -> None:
    client = line.client(served, "instagram", MemoryStore(**line.secret(served, "instagram")))
    with pytest.raises(Refused):
        client.publish(post(images=[image(address)]))


@BOTH
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("expired_token", AuthRevoked),
        ("revoked_token", AuthRevoked),
        ("rate_limited", RateLimited),
        ("server_error", Unavailable),
    ],
)
def test_ordered_misbehaviour_comes_in_metas_envelope(
    served: Caller, platform: str, kind: str, expected: type[Exception]
) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    behave(served, kind, account=f"{platform}:samudrakota", times=None, retry_after=90)
    with pytest.raises(expected) as caught:
        client.profile()
    if expected is RateLimited:
        assert getattr(caught.value, "retry_after", None) == 120.0, "Meta says whole minutes"


def test_a_proof_that_is_wrong_and_a_token_of_somebody_else_are_refused(served: Caller) -> None:
    token = line.secret(served, "facebook")["access_token"]
    path = f"/{VERSION}/{PAGE}"
    served.token = token
    assert served.get(path).status_code == 200
    assert served.get(path, params={"appsecret_proof": "0" * 64}).json()["error"]["code"] == 100
    served.token = "unknown"
    assert served.get(path).json()["error"]["code"] == 190
    served.token = None
    assert served.get(path).json()["error"]["code"] == 104


@pytest.mark.parametrize(
    "path",
    [
        f"/{VERSION}/?ids={','.join(str(n) for n in range(51))}",
        f"/{VERSION}/",
        f"/{VERSION}/{PAGE}?fields=id,unknown",
        f"/{VERSION}/{PAGE}?fields=a{{b",
        f"/{VERSION}/{PAGE}?fields=}}",
        f"/{VERSION}/{PAGE}?fields=a.b(c",
        f"/{VERSION}/{PAGE}/unknown",
        f"/{VERSION}/999",
        f"/{VERSION}/{PAGE}_999",
        f"/{VERSION}/{PAGE}/published_posts?after=%FF",
        f"/{VERSION}/{PAGE}/published_posts?after=bm90aGluZw==",
        f"/{VERSION}/{PAGE}/insights?metric=page_fans&since=1&until=2",
        f"/{VERSION}/{PAGE}/insights?metric=page_media_view&since=x&until=2",
        f"/{VERSION}/{ACCOUNT}/insights?metric=views&since=1&until=99999999",
        f"/{VERSION}/{ACCOUNT}/insights?metric=views&since=1&until=86401",
        f"/{VERSION}/{ACCOUNT}/insights?metric=[&since=1&until=86401",
    ],
)
def test_any_bad_call_is_refused_in_the_envelope(served: Caller, path: str) -> None:
    served.token = line.secret(served, "instagram" if ACCOUNT in path else "facebook")[
        "access_token"
    ]
    answer = served.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] in {100, 2500}


def test_no_token_and_no_code_is_kept(served: Caller, tmp_path: Path) -> None:
    code = line.decided(served, "facebook", "allow")["code"]
    tokens = [line.person(served, "facebook"), line.secret(served, "facebook")]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*sqlite3*"))
    assert b"facebook:code" in kept
    assert code.encode() not in kept
    assert not [one for one in tokens if one["access_token"].encode() in kept]


def test_no_address_of_a_next_page_holds_a_token(served: Caller) -> None:
    token = line.secret(served, "facebook")["access_token"]
    answer = served.get(f"/{VERSION}/{PAGE}/published_posts?limit=2&access_token={token}")
    assert token not in answer.text
    assert answer.json()["paging"]["next"].startswith(served.base)


def test_figures_never_fall(served: Caller) -> None:
    client = line.client(served, "facebook", MemoryStore(**line.secret(served, "facebook")))
    some = [one.platform_id for one in client.posts().posts[:5]]
    now = [one.views or 0 for one in client.metrics(some)]
    headers = {"X-Training-Control": CONTROL}
    later = (ANCHOR + timedelta(days=3)).astimezone(UTC).isoformat()
    assert served.call("PUT", "/training/clock", json={"now": later}, headers=headers).ok
    then = [one.views or 0 for one in client.metrics(some)]
    assert all(after >= before for before, after in zip(now, then, strict=True))
    assert sum(then) > sum(now)
