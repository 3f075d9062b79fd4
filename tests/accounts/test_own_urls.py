"""Only an address of the account itself becomes an official one, whichever door it comes by."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from accounts import actions, importing
from accounts.errors import AccountError
from accounts.models import OfficialAccount
from accounts.own_urls import refuse_foreign_url
from tests.accounts.register_stage import save_details
from tests.cast import Cast
from tests.gathering import each

ClientAs = Callable[[object], Client]
CHANNEL = "UC" + "a" * 22

OWN = [
    ("x", "", "revx1", "https://x.com/RevX1?s=20&t=abc"),
    ("x", "", "revx1", "https://twitter.com/revx1"),
    ("instagram", "", "samudrakota", "https://www.instagram.com/SamudraKota/?igsh=1"),
    ("facebook", "", "samudra.kota", "https://m.facebook.com/SamudraKota"),
    ("facebook", "", "samudrakota", "https://www.facebook.com/profile.php?id=104958162837465"),
    ("youtube", "", "samudrakota", "https://www.youtube.com/@samudrakota/videos"),
    ("youtube", "", "samudrakota", f"https://www.youtube.com/channel/{CHANNEL}"),
    ("linkedin", "", "kota-samudra", "https://id.linkedin.com/company/kota-samudra/"),
    ("whatsapp", "", "whatsapp.com/channel/0029VaAbCdEf",
     "https://www.whatsapp.com/channel/0029VaAbCdEf"),
    ("bluesky", "bsky.social", "humas.bsky.social", "https://bsky.app/profile/humas.bsky.social"),
    ("mastodon", "mas.to", "humas", "https://mas.to/@Humas"),
    ("mastodon", "mas.to", "humas", "https://mas.to/profile/humas"),
    ("feed", "samudrakota.go.id", "samudrakota.go.id", "https://www.samudrakota.go.id/berita"),
    ("other", "pinterest.com", "pinterest.com/kota", "https://www.pinterest.com/kota/"),
    ("other", "medium.com", "medium.com/kota", "https://medium.com/Kota"),
    ("other", "medium.com", "medium.com/kota", "https://medium.com/kota/banjir?source=a"),
    ("other", "medium.com", "medium.com/kota", "https://medium.com/kota#atas"),
    ("other", "kota.example", "kota.example", "https://kota.example/apa/saja"),
    ("other", "situs.example", "situs.example/p?id=5", "https://situs.example/p?id=5"),
    ("other", "situs.example", "situs.example/p?u=https://a.example",
     "https://situs.example/p?u=https://a.example#atas"),
    ("other", "situs.example", "situs.example?u=a.example", "https://situs.example?u=a.example"),
    ("feed", "kota.example", "kota.example/berita", "https://kota.example"),
    ("feed", "kota.example", "kota.example/berita", "https://kota.example/berita/2026"),
    ("feed", "kota.example", "kota.example/berita/feed", "https://kota.example/berita/"),
    ("feed", "kota.example", "kota.example/index.php?format=feed", "https://kota.example/"),
    ("feed", "kota.example", "kota.example/?feed=rss2", "https://kota.example/"),
    ("feed", "kota.example", "kota.example/rss.xml", "https://kota.example/berita/2026?page=2"),
    ("feed", "kota.example", "kota.example/rss/berita.xml", "https://kota.example/Berita"),
    ("feed", "kota.example", "kota.example/berita/feed", "https://kota.example/berita/banjir"),
    ("feed", "kota.example", "kota.example/berita.rss", "https://kota.example/berita"),
    ("feed", "medium.com", "medium.com/feed/@humas", "https://medium.com/@humas"),
    ("feed", "medium.com", "medium.com/feed/@humas", "https://medium.com/@humas/banjir"),
    ("feed", "mas.to", "mas.to/@humas.rss", "https://mas.to/@humas"),
    ("feed", "forum.example", "forum.example/users/humas/feed",
     "https://forum.example/users/humas"),
    ("feed", "kota.wordpress.com", "kota.wordpress.com/feed", "https://kota.wordpress.com/a"),
    ("feed", "sites.google.com", "sites.google.com/view/kota/feed",
     "https://sites.google.com/view/kota"),
    ("feed", "reddit.com", "reddit.com/r/kota/.rss", "https://www.reddit.com/r/kota/"),
    ("feed", "kota.example", "kota.example/feed/json", "https://kota.example/berita"),
    ("feed", "kota.example", "kota.example/berita/feed/rss2", "https://kota.example/berita/a"),
    ("feed", "github.com", "github.com/kota/peta/releases.atom", "https://github.com/kota"),
    ("feed", "github.com", "github.com/kota/peta/commits/a.atom", "https://github.com/kota/peta"),
    ("wiki", "wiki.kota.example", "wiki.kota.example", "https://wiki.kota.example/Beranda"),
    ("feed", "samudrakota.go.id", "samudrakota.go.id",
     "https://samudrakota.go.id/masuk?ke=https://ppid.samudrakota.go.id/"),
    ("feed", "samudrakota.go.id", "samudrakota.go.id",
     "https://samudrakota.go.id/apbd?kode=5.1.02.01&sort=unit.nama"),
    ("feed", "samudrakota.go.id", "samudrakota.go.id",
     "https://samudrakota.go.id/index.php?page=berita&q=bkn.go.id#tautan"),
    ("feed", "samudrakota.go.id", "samudrakota.go.id",
     "https://samudrakota.go.id/link/panduan.pdf"),
    ("x", "", "revx1", ""),
    ("feed", "samudrakota.go.id", "samudrakota.go.id", "https://samudrakota.go.id/v..2/a.b/.../"),
]  # fmt: skip
FOREIGN = [
    ("x", "", "revx1", "https://evil.com/foo"),
    ("x", "", "revx1", "https://x.com/orang_lain"),
    ("x", "", "revx1", "https://x.com/orang_lain?screen_name=revx1"),
    ("x", "", "revx1", "https://x.com/"),
    ("x", "", "revx1", "https://x.com:8443/revx1"),
    ("x", "", "revx1", "https://evil.com/url?q=https://x.com/revx1"),
    ("x", "", "revx1", "https://l.evil.com/?u=https://x.com/revx1"),
    ("x", "", "revx1", "https://evil.com\\@x.com/revx1"),
    ("x", "", "revx1", "https://x.com@evil.com/revx1"),
    ("x", "", "revx1", "https://instagram.com/revx1"),
    ("x", "", "123", "https://x.com/i/user/123"),
    ("instagram", "", "rev_evil", "https://evil.com/phish"),
    ("instagram", "", "rev_evil", "https://bit.ly/rev_evil"),
    ("youtube", "", "samudrakota", "https://www.youtube.com/c/samudrakota"),
    ("youtube", "", CHANNEL, "https://www.youtube.com/channel/UC" + "b" * 22),
    ("mastodon", "mas.to", "humas", "https://evil.com/@humas"),
    ("mastodon", "mas.to", "humas", "https://mas.to/@orang_lain"),
    ("mastodon", "mas.to", "humas", "https://mas.to/"),
    ("mastodon", "mas.to", "humas", "https://mas.to/about"),
    ("mastodon", "mas.to", "humas", "https://mas.to/profile/orang_lain"),
    ("feed", "samudrakota.go.id", "samudrakota.go.id", "https://samudrakota-go.id/"),
    ("other", "pinterest.com", "pinterest.com/kota", "https://pinterest.com/orang_lain"),
    ("other", "medium.com", "medium.com/kota", "https://medium.com/kota-palsu"),
    ("other", "medium.com", "medium.com/kota", "https://medium.com/kota%2Fpalsu"),
    ("other", "medium.com", "medium.com/kota", "https://medium.com//kota"),
    ("other", "medium.com", "medium.com/kota", "https://medium.com/?kota/"),
    ("other", "situs.example", "situs.example/p?id=5", "https://situs.example/p?id=55"),
    ("other", "situs.example", "situs.example/p?id=5", "https://situs.example/p"),
    ("instagram", "", "kotasamudra", "https://www.instagram.com/kotasamudra/../penipu/"),
    ("instagram", "", "kotasamudra", "https://www.instagram.com/penipu/../kotasamudra/"),
    ("instagram", "", "kotasamudra", "https://www.instagram.com/kotasamudra/%2E./penipu/"),
    (
        "linkedin",
        "",
        "kota-samudra",
        "https://www.linkedin.com/company/kota-samudra/%2e%2e/penipu/",
    ),
    ("linkedin", "", "kota-samudra", "https://www.linkedin.com/company/./kota-samudra/"),
    ("mastodon", "mas.to", "humas", "https://mas.to/@humas/../@penipu"),
    ("mastodon", "mas.to", "humas", "https://mas.to/about/%2e%2e/@penipu"),
    ("other", "pinterest.com", "pinterest.com/kota", "https://pinterest.com/kota/..%2forang_lain"),
    *(
        ("feed", "samudrakota.go.id", "samudrakota.go.id", f"https://samudrakota.go.id{page}")
        for page in (
            "/?u=https://evil.example", "//3232235777", "//evil.example%5c.html",
            "/%5cevil.example", "/%09/evil.example", "/#https://evil.example", "/..;/evil",
            "/r?utm_url=//evil.example", ":443:evil/", "/?s=//evil.example", "/?ke=8.8.8.8",
            "/?page=redirect&q=evil.com", "/?q=evil.com#/redirect", "/r?id=103.12.34.56",
            "/redirect/evil.com/masuk", "/#/out/evil.com",
        )
    ),
    ("x", "", "revx1", "https://x.com/revx1?u=https://evil.example"),
    ("feed", "medium.com", "medium.com/@humas", "https://medium.com/@evil"),
    ("feed", "medium.com", "medium.com/@humas", "https://medium.com/"),
    ("feed", "forum.example", "forum.example/users/humas", "https://forum.example/"),
    ("feed", "kota.example", "kota.example/berita/rss", "https://kota.example/lain"),
    ("feed", "kota.example", "kota.example/berita", "https://kota.example/lain"),
    ("feed", "kota.example", "kota.example/rss.xml", "https://kota.example/@orang_lain"),
    ("feed", "kota.example", "kota.example/rss.php?id=3", "https://kota.example/lain"),
    ("feed", "kota.example", "kota.example/rss.xml", "https://kota.example/?u=//evil.example"),
    ("feed", "kota.example", "kota.example/rss.xml", "https://ppid.kota.example/berita"),
    ("feed", "medium.com", "medium.com/feed", "https://medium.com/@evil"),
    ("feed", "medium.com", "medium.com/feed/@humas", "https://medium.com/@humas2"),
    ("feed", "medium.com", "medium.com/feed/@humas", "https://medium.com/"),
    ("feed", "mas.to", "mas.to/@humas.rss", "https://mas.to/@evil"),
    ("feed", "forum.example", "forum.example/users/humas/feed",
     "https://forum.example/users/evil"),
    *(
        ("feed", feed.partition("/")[0], feed, url)
        for feed, url in (
            ("github.com/kota/peta/releases.atom", "https://github.com/"),
            ("github.com/kota/peta/releases.atom", "https://github.com/evil"),
            ("github.com/orgs/kota/discussions.atom", "https://github.com/orgs"),
            ("kota.example/berita/feed/rss2", "https://kota.example/lain"),
            ("forum.example/users/feed/rss", "https://forum.example/users/evil"),
            (f"youtube.com/feeds/videos.xml?channel_id={CHANNEL}", "https://www.youtube.com/"),
            (f"youtube.com/feeds/videos.xml?channel_id={CHANNEL}", "https://youtube.com/feeds"),
            ("facebook.com/feeds/page.php?id=1&format=rss20", "https://facebook.com/feeds/"),
            ("facebook.com/feed", "https://www.facebook.com/orang_lain"),
            ("news.google.com/rss/search?q=kota", "https://news.google.com/"),
            ("google.com/alerts/feeds/1/2", "https://www.google.com/alerts"),
            ("sites.google.com/view/kota/feed", "https://sites.google.com/view"),
            ("blogger.com/feeds/123/posts/default", "https://www.blogger.com/"),
            ("id.pinterest.com/kota/feed.rss", "https://id.pinterest.com/"),
        )
    ),
    ("other", "kota.example", "kota.example/rss.xml", "https://kota.example/berita"),
    ("wiki", "id.wikipedia.org", "id.wikipedia.org/wiki/Kota_Samudra",
     "https://id.wikipedia.org/wiki/Evil"),
    ("wiki", "id.wikipedia.org", "id.wikipedia.org/wiki/Kota_Samudra", "https://id.wikipedia.org/"),
]  # fmt: skip


@each(("platform", "host", "handle", "url"), OWN)
def test_an_address_of_the_account_itself_is_taken(
    platform: str, host: str, handle: str, url: str
) -> None:
    refuse_foreign_url(platform, host, handle, url)


@each(("platform", "host", "handle", "url"), FOREIGN)
def test_an_address_of_anybody_else_is_refused_beside_its_field(
    platform: str, host: str, handle: str, url: str
) -> None:
    with pytest.raises(AccountError) as refused:
        refuse_foreign_url(platform, host, handle, url)
    assert refused.value.field == "url"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://kota.example/beranda", "This page is on kota.example"),
        ("https://www.kota.example/?lang=id", "This page is on kota.example"),
        ("https://lain.example/beranda", "elsewhere. It must be on kota.example"),
    ],
)
def test_a_refused_address_is_told_what_is_wrong_with_it(url: str, said: str) -> None:
    with translation.override("en"), pytest.raises(AccountError, match=said):
        refuse_foreign_url("feed", "kota.example", "kota.example/?feed=rss2", url)


def test_only_where_training_platforms_run_their_addresses_are_taken(settings: Settings) -> None:
    training = "http://127.0.0.1:8100/x/revx1"
    settings.PLATFORM_BASE_URL = "http://127.0.0.1:8100"
    refuse_foreign_url("x", "", "revx1", training)
    settings.PLATFORM_BASE_URL = ""
    with pytest.raises(AccountError):
        refuse_foreign_url("x", "", "revx1", training)


@pytest.mark.parametrize(
    ("url", "status"), [("https://x.com/revx1", 302), ("https://evil.com/foo", 422)]
)
def test_every_door_of_the_register_looks_at_the_address(
    cast: Cast, client_as: ClientAs, url: str, status: int
) -> None:
    client, is_own = client_as("bayu"), status == 302
    typed = {
        "unit": cast.diskominfo.pk, "platform": "x", "handle": "revx1", "display_name": "Kota",
        "language": "id", "two_step": "unknown",
    }  # fmt: skip
    row = {
        "unit": "Diskominfo",
        "platform": "X",
        "handle": "revx1",
        "display_name": "K",
        "url": url,
    }
    (checked,) = importing.check(cast.bayu, [(2, row)])
    assert set(checked.errors) == (set() if is_own else {"url"})
    page = client.post(reverse("accounts:official_account_register"), typed | {"url": url})
    assert page.status_code == status
    if not is_own:
        assert "url" in page.context["form"].errors
        client.post(reverse("accounts:official_account_register"), typed)
    account = OfficialAccount.objects.get()
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    assert save_details(client, edit, typed | {"url": url}).status_code == status
    account.refresh_from_db()
    assert account.url == (url if is_own else "")


@pytest.mark.parametrize(
    ("url", "refused"), [("https://x.com/{}", False), ("https://evil.com/{}", True)]
)
def test_the_actions_have_the_last_word_about_the_address(
    cast: Cast, url: str, refused: bool
) -> None:
    wanted = {"actor": cast.bayu, "unit_id": cast.diskominfo.pk, "display_name": "Kota"}
    account = actions.register_official_account(**wanted, platform="x", handle="lain")
    doors: tuple[Callable[[], OfficialAccount], ...] = (
        lambda: actions.register_official_account(
            **wanted, platform="x", handle="baru", url=url.format("baru")
        ),
        lambda: actions.change_official_account(
            **wanted, official_account_id=account.pk, handle="ganti", host="",
            url=url.format("ganti"),
        ),
    )  # fmt: skip
    for door in doors:
        if refused:
            with pytest.raises(AccountError, match="not the address"):
                door()
        else:
            assert door().url
