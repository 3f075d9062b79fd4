"""Platforms give accounts numbers, which are published: nobody becomes official by wearing one."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.actions.impersonations import report_impersonation
from accounts.errors import AccountError
from accounts.impersonation_forms import _official
from accounts.models import ImpersonationStatement
from accounts.public import checking
from accounts.public.register import register
from accounts.references import parse
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import verdicts
from tests.cast import Cast
from tests.gathering import each

MASTODON, INSTAGRAM, THREADS, X = (
    "107952655564804101", "17841405793187218", "7815462093481265", "1582046937150283776",
)  # fmt: skip
FACEBOOK, CHANNEL, DID = "104958162837466", "UC" + "Kb" * 11, "did:plc:ewvi7nxzyoun6zhxrhs64oiz"


@pytest.fixture(autouse=True)
def numbered(cast: Cast) -> None:
    official(cast, "mastodon", "diskominfo", host="mastodon.social", platform_id=MASTODON)
    for platform, number in (
        ("instagram", INSTAGRAM), ("threads", THREADS), ("x", X), ("facebook", FACEBOOK),
        ("youtube", CHANNEL), ("tiktok", "70011223344"), ("linkedin", "8877665"),
    ):  # fmt: skip
        official(cast, platform, "samudra.info", platform_id=number)
    official(cast, "bluesky", "humas.bsky.social", host="bsky.social", platform_id=DID)
    official(cast, "youtube", "UC" + "zQ" * 11)


@pytest.mark.parametrize(
    "text",
    [
        f"@{MASTODON}@evil.example",
        f"{MASTODON}@evil.example",
        f"https://evil.example/@{MASTODON}",
        f"https://evil.example/users/{MASTODON}",
        f"https://mastodon.social/@{MASTODON}",
        f"https://mastodon.social/users/{MASTODON}",
        f"https://evil.example/ap/users/{MASTODON}",
        f"https://evil.example/web/accounts/{MASTODON}",
        f"https://mastodon.social:8443/web/accounts/{MASTODON}",
        f"https://instagram.com/{INSTAGRAM}",
        f"https://threads.net/@{THREADS}",
        f"https://x.com/{X}",
        f"https://x.com/i/user/{INSTAGRAM}",
        "https://tiktok.com/@70011223344",
        f"https://youtube.com/@{CHANNEL}",
        f"https://youtube.com/@{CHANNEL.lower()}",
        f"https://youtube.com/@UC{'zQ' * 11}",
        f"@UC{'zQ' * 11}",
        f"@{X}",
        f"https://evil.example/@{DID}",
        f"https://www.facebook.com/profile.php?id={FACEBOOK}&id=100000000000001",
        f"https://www.facebook.com/{INSTAGRAM}",
    ],
)
def test_a_handle_that_is_an_official_number_is_a_strangers(text: str) -> None:
    assert set(verdicts(text)) <= {"unknown", "similar", "unreadable"}
    assert verdicts(text)
    for reference in parse(text):
        assert checking.is_official(register.now().snapshot, reference) is None


@each(
    "text",
    [
        f"https://mastodon.social/web/accounts/{MASTODON}",
        f"https://mastodon.social/ap/users/{MASTODON}",
        f"https://www.facebook.com/{FACEBOOK}",
        f"https://www.facebook.com/profile.php?id={FACEBOOK}",
        f"https://www.youtube.com/channel/{CHANNEL}",
        f"https://www.youtube.com/channel/UC{'zQ' * 11}",
        f"https://x.com/i/user/{X}",
        f"https://bsky.app/profile/{DID}",
    ],
)
def test_a_number_where_the_platform_writes_it_is_the_account(text: str) -> None:
    assert verdicts(text) == ["official"]
    (one,) = parse(text)
    assert parse(one.shown) == [one]


def test_reports_about_numbers_meet_on_one_server_only() -> None:
    texts = [f"https://{host}/ap/users/1" for host in ("mas.to", "evil.example")]
    first, other = (read_suspect(text, "").key for text in texts)
    assert first == read_suspect("https://mas.to/web/accounts/1", "").key != other


def test_staff_and_citizens_can_report_who_wears_an_official_number(cast: Cast) -> None:
    wanted: dict[str, Any] = {
        "actor": cast.bayu,
        "channel": ImpersonationStatement.Channel.STAFF,
        "platform": "",
        "imitated": "",
        "happened": "Meminta uang",
    }
    received = report_impersonation(suspect=f"https://x.com/{X}", **wanted)
    assert received.report.platform == "x"
    with pytest.raises(AccountError, match=r"resmi|official"):
        report_impersonation(suspect=f"https://x.com/i/user/{X}", **wanted)


def test_the_imitated_account_may_be_named_by_its_number(cast: Cast) -> None:
    official(cast, "x", "123", platform_id="77")
    named = _official("https://x.com/i/user/77", "")
    assert named is not None
    assert named.handle == "123"
    assert _official("https://x.com/i/user/123", "") is None
