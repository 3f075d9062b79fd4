"""The address of a post has a name in it, which on most platforms proves nothing."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from accounts.actions.impersonations import _unit_resembled
from accounts.models import OfficialAccount
from accounts.public import checking
from accounts.public.register import register
from accounts.references import POST, parse
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK, verdicts
from tests.cast import Cast
from tests.gathering import each

pytestmark = pytest.mark.usefixtures("published")
NAMES = "The address names the official account"
TRUST = "You may trust what it says"


@pytest.fixture(autouse=True)
def further(cast: Cast) -> None:
    official(cast, "tiktok", "samudrakota")
    official(cast, "threads", "samudrakota")
    official(cast, "telegram", "samudrakota")
    official(cast, "whatsapp", "whatsapp.com/channel/0029VaAbCdEfGh123")
    official(cast, "bluesky", "samudrakota.bsky.social")


def page(text: str) -> str:
    found = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode().partition("<main")[2]
    return html.unescape(" ".join(found.split()))


@pytest.mark.parametrize(
    "text",
    [
        "https://x.com/samudrakota/status/1861",
        "https://twitter.com/samudrakota/status/1861/photo/1",
        "https://x.com/samudrakota/thread/1861",
        "https://instagram.com/samudrakota/reel/Cabc/",
        "https://www.instagram.com/samudrakota/p/XYZ",
        "https://www.instagram.com/samudrakota/guide/tips/1789",
        "https://facebook.com/samudrakota/posts/pfbid0",
        "https://facebook.com/samudrakota/pfbid02abc",
        "https://facebook.com/samudrakota/122103",
        "https://facebook.com/samudrakota/events/122103",
        "https://www.facebook.com/samudrakota/photos/a.1/2",
        "https://m.facebook.com/story.php?story_fbid=1&id=104958162837465",
        "https://www.tiktok.com/@samudrakota/video/1",
        "https://www.tiktok.com/@samudrakota/playlist/Tips-73",
        "https://www.threads.net/@samudrakota/post/C1",
        "https://www.youtube.com/@samudrakota/community?lb=UgkxAbC",
        "https://www.youtube.com/@samudrakota/Community?LB=UgkxAbC",
        "https://www.youtube.com/@samudrakota/posts?lb=UgkxAbC",
        "https://www.youtube.com/@samudrakota/community/UgkxAbC",
        "https://t.me/samudrakota/12?comment=99",
        "https://t.me/s/samudrakota/12?thread=4",
        "https://t.me/samudrakota/12?Comment=99",
        "https://samudrakota.t.me/12?comment=99",
        "https://web.telegram.org/k/#@samudrakota/12?comment=99",
        "https://web.telegram.org/a/#?tgaddr=tg%3A%2F%2Fresolve%3Fdomain%3Dsamudrakota%26comment%3D9",
        "tg://resolve?domain=samudrakota&post=12&comment=99",
        "https://mas.to/deck/@samudrakota/1123",
        "https://mas.to/web/@samudrakota/1123",
    ],
)
def test_a_post_under_an_official_name_is_no_confirmation(text: str) -> None:
    assert verdicts(text) == ["named"]
    found = page(text)
    assert 'class="card verdict verdict-named"' in found
    assert f'<p class="strong"> {NAMES}' in found
    assert "anybody can write a name into it" in found
    assert TRUST not in found
    assert "badge-good" not in found.partition('<ul class="items"')[0]
    assert ">Report this address<" in found
    (one,) = parse(text)
    assert checking.is_official(register.now().snapshot, one) is None


@each(
    "text",
    [
        "https://x.com/samudrakota",
        "https://x.com/samudrakota/with_replies",
        "https://instagram.com/samudrakota/reels/",
        "https://www.facebook.com/samudrakota/photos/",
        "https://www.facebook.com/samudrakota/videos",
        "https://www.tiktok.com/@samudrakota/live",
        "https://www.threads.net/@samudrakota/replies",
        "https://www.youtube.com/@samudrakota/community",
        # Where the post is looked up among those of the account that is named.
        "https://t.me/samudrakota/12",
        "https://t.me/s/samudrakota/12",
        "tg://resolve?domain=samudrakota&post=12",
        "https://whatsapp.com/channel/0029VaAbCdEfGh123/105",
        "https://bsky.app/profile/samudrakota.bsky.social/post/3k",
        "https://mas.to/@samudrakota/1123",
    ],
)
def test_a_tab_of_an_account_and_a_post_that_is_surely_its_own_are_official(text: str) -> None:
    assert verdicts(text) == ["official"]
    assert TRUST in page(text)
    assert NAMES not in page(text)


def test_the_card_leads_to_the_account_itself() -> None:
    (link,) = re.findall(
        rf'{NAMES}.*?<a href="([^"]*)"', page("https://x.com/samudrakota/status/1")
    )
    assert link == register.now().snapshot.at("x", "", "samudrakota")[0].url


def test_a_post_counts_for_itself_in_the_sum() -> None:
    found = page("https://x.com/samudrakota/status/1 https://instagram.com/samudrakota")
    assert "2 entries checked: 1 by an author to be checked, 1 official" in found
    assert found.count("Check whose post it is") == 2
    # Not as the account, which another entry may be.
    assert "status/1" in re.sub("<wbr>", "", found.partition("</nav>")[0].partition("<nav")[2])


@pytest.mark.parametrize("name", ["samudrak0ta", "dapurbunda"])
def test_whose_post_it_is_stays_open_under_other_names_too(name: str) -> None:
    told = "the name in it need not be that of its author"
    assert told in page(f"https://x.com/{name}/status/1")
    assert told not in page(f"https://x.com/{name}")


def test_a_report_of_a_post_reaches_the_unit_whose_account_it_names(
    accounts: dict[str, OfficialAccount],
) -> None:
    post = read_suspect("https://www.facebook.com/samudra.kota/posts/1", "")
    assert _unit_resembled(post) == accounts["facebook"].unit


@pytest.mark.parametrize("number", ["6281234567890", "081234567890"])
def test_a_number_behind_t_me_is_a_number(number: str) -> None:
    assert "This is a telephone number" in page(f"https://t.me/+{number}")
    assert "This is an invitation to a group" in page("https://t.me/+AbCdEf123")


def test_a_post_in_the_community_of_a_channel_may_be_anybodys_by_its_id_too() -> None:
    channel = "https://www.youtube.com/channel/UCX6OQ3DkcsbYNE6H8uQQuVA"
    assert [one.note for one in parse(f"{channel}/community?lb=UgkxAbC")] == [POST]
    assert [one.note for one in parse(f"{channel}/community")] == [""]
