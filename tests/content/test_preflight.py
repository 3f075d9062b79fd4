"""What a platform would refuse is known before anybody approves it, and said beside its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import OfficialAccount, PlatformSpending, SpendingCap
from accounts.models.spending import TOTAL
from accounts.spending import left_this_month
from content import actions
from content.documents import Document, MediaItem
from content.errors import ContentError
from content.forms.posts import PostForm
from content.preflight import notes, problems
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast

HASHTAGS = " ".join(f"#tagar{number}a" for number in range(31))
LINKS = " ".join(f"https://kota.example/{number}" for number in range(6))
MENTIONS = " ".join(f"@warga{number}" for number in range(21))


def item(**values: Any) -> MediaItem:
    usual: dict[str, Any] = {
        "sha256": "0" * 64,
        "media_type": "image/jpeg",
        "alt": "Balai kota",
        "width": 1080,
        "height": 1080,
        "size": 400_000,
    }
    return MediaItem(**{**usual, **values})


@pytest.fixture
def on(cast: Cast) -> Callable[[str], OfficialAccount]:
    def account(platform: str) -> OfficialAccount:
        host = "mastodon.example" if platform == "mastodon" else ""
        made = factories.official_account(
            cast.diskominfo, platform=platform, handle="samudrakota", host=host
        )
        give_credential(made, cast.bayu)
        return made

    return account


@pytest.mark.parametrize("platform", ["bluesky", "mastodon", "instagram", "facebook", "threads"])
def test_a_post_that_fits_has_no_problem(
    on: Callable[[str], OfficialAccount], platform: str
) -> None:
    assert problems(on(platform), "Layanan buka sampai pukul 15.00.", [item()]) == []


@pytest.mark.parametrize(
    ("platform", "text", "media", "said"),
    [
        ("instagram", "Halo", [], "takes no post without a picture"),
        ("youtube", "Halo", [], "takes videos only"),
        ("instagram", HASHTAGS, [item()], "at most 30 hashtags; this text has 31"),
        ("instagram", MENTIONS, [item()], "at most 20 mentions; this text has 21"),
        ("instagram", "Halo", [item(media_type="image/png")], "pictures only as JPEG"),
        ("instagram", "Halo", [item(width=300, height=300)], "at least 320 pixels wide"),
        ("instagram", "Halo", [item(width=1080, height=1920)], "between 0.8 and 1.91 times"),
        ("instagram", "Halo", [item(size=9_000_000)], "at most 8 MB"),
        ("bluesky", "Halo", [item()] * 11, "at most 10 pictures"),
        ("bluesky", "a" * 301, [], "301 characters long; 300 fit"),
        ("x", "\N{PARTY POPPER}" * 141, [], "282 characters long; 280 fit"),
        ("mastodon", "Halo", [item(alt="a" * 1501)], "at most 1500 characters"),
        ("bluesky", "Halo", [item(alt=" ")], "Describe every picture"),
        ("bluesky", " ", [], "is empty"),
        ("threads", LINKS, [], "at most 5 links; this text has 6"),
        ("x", "Halo", [item(media_type="image/gif"), item()], "(GIF) only by itself"),
        ("youtube", "Suhu > 40", [], "does not take these signs in a text: < >"),
        ("youtube", "Halo", [], "takes no post without a title"),
        ("tiktok", "\N{PARTY POPPER}" * 1101, [item()], "2202 characters long; 2200 fit"),
    ],
)
def test_what_a_platform_refuses_is_said(
    on: Callable[[str], OfficialAccount],
    platform: str,
    text: str,
    media: list[MediaItem],
    said: str,
) -> None:
    found = problems(on(platform), text, media)
    assert [one for one in found if said in one.message], found


def test_every_problem_is_told_and_not_only_the_first(
    on: Callable[[str], OfficialAccount],
) -> None:
    account = on("instagram")
    found = problems(account, HASHTAGS, [item(media_type="image/png", size=9_000_000)])
    assert [one.field for one in found] == [f"text_{account.pk}", "images", "images"]


def test_a_link_that_nobody_can_click_is_pointed_out(
    on: Callable[[str], OfficialAccount],
) -> None:
    told = notes(on("instagram"), "Baca https://samudrakota.go.id/izin", [item()])
    assert told == ["Instagram does not make links clickable."]
    assert notes(on("bluesky"), "Baca https://samudrakota.go.id/izin", [item()]) == []


@pytest.mark.parametrize("text", ["Baca https://samudrakota.go.id/izin", "Baca contoh.go.id"])
def test_what_a_link_costs_on_x_is_told_in_the_format_of_the_reader(
    on: Callable[[str], OfficialAccount], text: str
) -> None:
    account = on("x")
    (told,) = notes(account, text, [])
    assert "a post with a link is dearer: $0.20; one without costs $0.015." in told
    with translation.override("id"):
        (told,) = notes(account, text, [])
    assert "US$0,20;" in told
    assert "US$0,015" in told
    assert notes(account, "Tanpa tautan.", []) == []


def test_a_platform_without_alternative_texts_is_pointed_out(
    on: Callable[[str], OfficialAccount],
) -> None:
    (told,) = notes(on("tiktok"), "Halo", [item()])
    assert "takes no alternative texts" in told


def test_a_film_that_goes_out_without_its_description_is_pointed_out_beside_its_field_too(
    on: Callable[[str], OfficialAccount],
) -> None:
    film = item(media_type="video/mp4", alt="Air naik.")
    platforms = ("facebook", "instagram", "tiktok", "bluesky", "mastodon", "threads", "x")
    accounts = {platform: on(platform) for platform in platforms}
    told = {
        platform: [one for one in notes(account, "Halo", [], film=film) if "video" in one]
        for platform, account in accounts.items()
    }
    assert [platform for platform, found in told.items() if found] == [
        "facebook", "instagram", "tiktok"
    ]  # fmt: skip
    assert told["facebook"] == [
        "Facebook takes no description of a video: say in the text what it shows."
    ]
    help_text = str(PostForm.base_fields["film_alt"].help_text)
    assert "not sent to Instagram, Facebook, YouTube, TikTok" in help_text
    assert "Bluesky" not in help_text
    # Whoever sees the post here, and every platform that takes it, still needs it.
    undescribed = item(media_type="video/mp4", alt="", size=9)
    for platform in ("facebook", "bluesky"):
        found = problems(accounts[platform], "Halo", [], film=undescribed)
        assert any("Describe the video" in one.message for one in found)


@pytest.mark.parametrize(
    ("text", "left", "waits"),
    [
        ("Halo", "0.015", False),
        ("Halo", "0.01", True),
        ("Baca https://samudrakota.go.id/izin", "0.19", True),
        ("Halo", None, False),
    ],
)
def test_a_post_that_the_spending_cap_would_hold_back_is_pointed_out(
    on: Callable[[str], OfficialAccount], text: str, left: str | None, waits: bool
) -> None:
    told = notes(on("x"), text, [], left=None if left is None else Decimal(left))
    assert any("cap of X is used up" in note for note in told) is waits


def test_what_may_still_be_spent_is_the_cap_of_this_month_less_what_was_spent(cast: Cast) -> None:
    assert left_this_month(["bluesky"]) == {}
    assert left_this_month(["x"]) == {"x": 0}, "without a cap nothing may be spent"
    SpendingCap.objects.create(platform="x", monthly=2, set_by=cast.bayu, set_at=timezone.now())
    assert left_this_month(["x", "bluesky"]) == {"x": 2}
    month = datetime.now(UTC).date().replace(day=1)
    PlatformSpending.objects.create(
        platform="x", month=month, item=TOTAL, count=1, amount=Decimal("0.5")
    )
    assert left_this_month(["x"]) == {"x": Decimal("1.5")}


def test_a_post_that_a_platform_would_refuse_is_not_submitted(
    cast: Cast, on: Callable[[str], OfficialAccount]
) -> None:
    account = on("instagram")
    document = Document(title="Izin", text="Halo", texts={account.pk: "Halo"})
    post = actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document)
    with pytest.raises(ContentError, match="without a picture") as refused:
        actions.submit_post(actor=cast.dwi, post_id=post.pk, based_on=1)
    assert refused.value.field == "images"


def test_the_preview_shows_problems_while_one_writes(
    cast: Cast,
    on: Callable[[str], OfficialAccount],
    client_as: Callable[[str], Client],
) -> None:
    factories.reads_english(cast.dwi)
    typed = {
        "title": "Izin",
        "unit": cast.diskominfo.pk,
        "accounts": [on("instagram").pk],
        "text": "Baca https://samudrakota.go.id",
        "language": "id",
    }
    page = client_as("dwi").post("/content/posts/preview/", typed).content.decode()
    assert "takes no post without a picture" in page
    assert "does not make links clickable" in page
    assert "To be mended: Instagram" in page
    assert '<span class="post-link">https://' not in page
    empty = client_as("dwi").post("/content/posts/preview/", {**typed, "text": ""})
    assert "mended" not in empty.content.decode()
    elsewhere = {**typed, "accounts": [on("bluesky").pk]}
    fine = client_as("dwi").post("/content/posts/preview/", elsewhere).content.decode()
    assert '<span class="post-link">https://samudrakota.go.id</span>' in fine
    assert "mended" not in fine
