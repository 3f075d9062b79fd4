"""Links that lead elsewhere than they look: what a browser opens is what the check answers."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import OfficialAccount
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import verdicts
from tests.cast import Cast
from tests.gathering import each

Accounts = dict[str, OfficialAccount]
CHECK = "/official/check/"
pytestmark = pytest.mark.usefixtures("published")


@each(
    "text",
    [
        r"https://evil.example\@instagram.com/samudrakota",
        r"https:\\evil.example\@x.com/samudrakota",
        r"https:/\evil.example\/@x.com/samudrakota",
        r"evil.example\@instagram.com/samudrakota",
        r"evil.example\@instagram.com",
        r"https://evil.example\.instagram.com/samudrakota",
        "https://instagram.com@evil.example/samudrakota",
        "https://instagram.com:samudrakota@evil.example/",
        "https://a@instagram.com@evil.example/samudrakota",
        "https://l.facebook.com/l.php?u=https://evil.example%5C%40x.com/samudrakota",
        "https://l.facebook.com/l.php?u=https://evil.exa%09mple%5C%40x.com/samudrakota",
        "https://l.facebook.com/l.php?u=https://evil.example%0A%5C%40x.com/samudrakota",
        # A sign that nobody sees makes another name of it, also behind a page that leads on.
        "https://l.facebook.com/l.php?u=https://x.com/samudrakota%E2%80%8B",
        "https://www.google.com/url?q=https%3A%2F%2Fx.com%2Fsamudrakota%E2%80%8B",
        "https://google.com.evil.example/url?q=https%3A%2F%2Fx.com%2Fsamudrakota",
        # Android opens the app that is named behind it.
        "intent:https://samudrakota.go.id#Intent;package=com.evil;end",
        "Intent:https://x.com/samudrakota#Intent;package=com.evil;end",
    ],
)
def test_what_a_browser_opens_elsewhere_is_never_official(text: str) -> None:
    assert set(verdicts(text)) <= {"unknown", "similar", "unreadable"}
    assert verdicts(text)


SAMUDRA = "https%3A%2F%2Fx.com%2Fsamudrakota"


@each(
    "text",
    [
        f"https://evil.example/url?q={SAMUDRA}",
        f"https://evil.example/redirect?q={SAMUDRA}",
        f"https://evil.example/l.php?u={SAMUDRA}",
        f"https://l.evil.example/?u={SAMUDRA}",
        f"https://lm.evil.example/l.php?u={SAMUDRA}",
        f"https://l.facebook.com.evil.example/l.php?u={SAMUDRA}",
        f"https://www.google.evil.example/url?q={SAMUDRA}",
        f"https://www.google.example/url?q={SAMUDRA}",
        f"https://sites.google.com/url?q={SAMUDRA}",
        f"https://youtube.com/@penipu/redirect?q={SAMUDRA}",
        f"https://www.instagram.com/redirect/?u={SAMUDRA}",
        # It says two things, and only the forwarder knows which of them it takes.
        f"https://l.facebook.com/l.php?u={SAMUDRA}&u=https://evil.example",
        f"https://www.google.com/url?q={SAMUDRA}&url=https://evil.example",
        f"https://www.youtube.com/redirect?u={SAMUDRA}",
        f"https://bsky.app/redirect?u={SAMUDRA}",
        f"https://l.threads.com.evil.example/?u={SAMUDRA}",
        f"https://www.tiktok.com/link/v2?target={SAMUDRA}&target=https://evil.example",
        "https://www.tiktok.com/link/v2?target=x.com/samudrakota",
        f"https://www.linkedin.com/redir?url={SAMUDRA}",
        # A page that leads on is no account, whatever its path says.
        "https://l.instagram.com/samudrakota?u=//evil.example",
        "https://l.instagram.com/samudrakota",
        "https://l.facebook.com/l.php?u=javascript:alert(1)//https://x.com/samudrakota",
    ],
)
def test_nobody_but_the_platforms_themselves_is_believed_to_lead_on(text: str) -> None:
    assert set(verdicts(text)) <= {"unknown", "similar", "unreadable"}
    assert verdicts(text)


@each(
    "text",
    [
        f"https://l.facebook.com/l.php?u={SAMUDRA}%3Ffbclid%3D1&h=AT0",
        f"https://lm.facebook.com/l.php?u={SAMUDRA}",
        f"https://www.facebook.com/l.php?u={SAMUDRA}",
        f"https://l.instagram.com/?u={SAMUDRA}&e=AT0",
        f"https://www.google.com/url?sa=t&url={SAMUDRA}",
        f"https://www.google.co.id/url?q={SAMUDRA}&sa=D",
        f"https://google.com/url?q={SAMUDRA}",
        f"https://www.youtube.com/redirect?event=video_description&q={SAMUDRA}",
        f"https://l.threads.com/?u={SAMUDRA}&e=AT0",
        f"https://l.threads.net/?u={SAMUDRA}",
        f"https://go.bsky.app/redirect?u={SAMUDRA}",
        f"https://www.tiktok.com/link/v2?aid=1988&lang=id&scene=bio_url&target={SAMUDRA}",
        f"https://www.linkedin.com/redir/redirect?url={SAMUDRA}&urlhash=a",
        f"https://www.linkedin.com/safety/go/?url={SAMUDRA}&trk=b",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3D"
        "https%253A%252F%252Fx.com%252Fsamudrakota",
    ],
)
def test_the_pages_of_platforms_that_lead_on_are_followed(text: str) -> None:
    assert verdicts(text) == ["official"]


def test_a_link_that_leads_on_for_ever_is_not_followed() -> None:
    text = "https://x.com/samudrakota"
    for _time in range(4):
        text = f"https://l.facebook.com/l.php?u={quote(text, safe='')}"
    assert verdicts(text) == ["unreadable"]


@pytest.mark.parametrize(
    "text",
    [
        "https://instagram.com/samudrakota/../samudrakota.palsu",
        "https://x.com/samudrakota/%2e%2e/penipu",
        "https://x.com/samudrakota/.%2E/penipu",
        "https://x.com/samudrakota/%2e./penipu",
        r"https://x.com/samudrakota\..\penipu",
        "https://x.com/samudrakota//../../penipu",
        "https://x.com/samudrakota/%09../penipu",
        "https://x.com/samudrakota/.%0A./penipu",
        "medium.com/kota/../penipu",
        "https://medium.com/kota/%2e%2e/penipu",
        "https://medium.com/kota/%252e%252e/penipu",
        "https://medium.com/kota%2f..%2fpenipu",
        "https://medium.com/kota/..%5cpenipu",
        "https://l.facebook.com/l.php?u=https://x.com/samudrakota/%252e%252e/penipu",
        # What a browser asks for as it is, and only the reading makes points of it.
        "https://x.com/penipu/‥/samudrakota",
        "https://x.com/penipu/％2e％2e/samudrakota",
    ],
)
def test_dots_that_lead_elsewhere_are_followed_or_doubted(cast: Cast, text: str) -> None:
    official(cast, "other", "medium.com/kota", host="medium.com")
    assert verdicts("https://medium.com/kota/./tulisan/../banjir") == ["official"]
    assert set(verdicts(text)) <= {"unknown", "similar", "unreadable"}
    assert verdicts(text)


@pytest.mark.parametrize(
    ("plain", "added"),
    [
        ("https://t.me/samudralama", "?phone=628123456789"),
        ("https://t.me/samudralama/5", "?Domain=penipu"),
        ("https://samudralama.t.me", "?attach=penipu_bot"),
        ("tg://resolve?domain=samudralama", "&phone=628123456789"),
        ("https://web.telegram.org/k/#@samudralama", "?attach=penipu_bot"),
        ("https://web.telegram.org/a/#?tgaddr=tg%3A%2F%2Fresolve%3Fdomain%3Dsamudralama",
         "%26domain%3Dpenipu"),
        ("https://web.telegram.org/#/im?p=@samudralama", "&phone=628123456789"),
        ("https://x.com/intent/follow?screen_name=samudrakota", "&user_id=5"),
        ("https://samudrakota.go.id", "//penipu.example"),
        ("https://samudrakota.go.id", r"/\penipu.example/"),
        ("samudrakota.go.id", "%23.penipu.example"),
        ("samudrakota.go.id", "%2Fx"),
    ],
)  # fmt: skip
def test_what_opens_something_else_than_the_account_in_it_is_not_taken_for_that(
    cast: Cast, plain: str, added: str
) -> None:
    OfficialAccount.objects.filter(handle="samudralama").update(
        status="active", closed_on=None, closed_reason=""
    )
    assert verdicts(plain) == ["official"]
    assert set(verdicts(f"{plain}{added}")) <= {"unreadable", "similar", "unknown"}


@pytest.mark.parametrize(
    "text",
    ["data:text/html,instagram.com/samudrakota", "javascript:a(1),https://x.com/samudrakota"],
)
def test_a_page_within_an_address_is_not_the_site_that_it_names(text: str) -> None:
    assert verdicts(text.partition(",")[2]) == ["official"]
    assert verdicts(text) == ["unreadable"]


def test_a_doubtful_address_is_said_to_be_one_and_can_be_reported() -> None:
    text = "https://medium.com/kota/%252e%252e/penipu"
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert "may lead elsewhere than it looks" in page
    assert read_suspect(text, "").shown == "medium.com/kota/%252e%252e/penipu"


@pytest.mark.parametrize(
    "text",
    [
        r"https:\\instagram.com\samudrakota",
        "https://tamu@instagram.com/samudrakota/",
        "https://samudrakota.go.id//index.php",
        "https://samudrakota.go.id//berita/1.2",
    ],
)
def test_what_a_browser_opens_there_is_official_however_odd(text: str) -> None:
    assert verdicts(text) == ["official"]
