"""What the register publishes is what the check calls official, and what can be saved again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.addresses import clean_handle, clean_host, profile_url
from accounts.errors import AccountError
from accounts.lookalikes import skeleton
from accounts.own_urls import refuse_foreign_url
from accounts.public import checking, machine
from accounts.public.register import register
from accounts.public.snapshot import PublicAccount, PublicUnit, Snapshot
from accounts.references import parse
from tests.gathering import each

UNIT = PublicUnit("kota", "Kota", "", "", ())
CHANNEL = "UC" + "aB" * 11


def public(platform: str, host: str, handle: str, url: str = "") -> PublicAccount:
    return PublicAccount(
        code="kode", platform=platform, host=host, handle=handle, shown=handle, name="Kota",
        purpose="", language="id", url=url or profile_url(platform, host, handle), platform_id="",
        unit=UNIT, state="active", released=False, since=date(2026, 1, 1), since_opened=False,
        closed_on=None, decree_number="", decree_date=None, attested_on=None,
        attested_by="", bones=skeleton(handle), words="",
    )  # fmt: skip


def answered(text: str, *accounts: PublicAccount) -> checking.Result:
    snapshot = Snapshot(1, datetime(2026, 1, 1, tzinfo=UTC), accounts, (UNIT,))
    return checking.answer(snapshot, checking.read(text, ""))


def verdicts(text: str, *accounts: PublicAccount) -> list[str]:
    return [one.verdict for one in answered(text, *accounts).answers]


def clean(platform: str, typed: str, host: str) -> tuple[str, str]:
    handle, server = clean_handle(platform, typed, host)
    return handle, clean_host(platform, server)


SITES = [
    "https://portal.example/index.php?id=12",
    "https://wiki.example/index.php?title=Kota_Samudra&action=view",
    "https://wiki.example/index.php?title=Kota%20Samudra",
    "https://wiki.example/Samudra_(kota)",
    "https://portal.example/a%20b",
    "https://portal.example/a%2Fb/50%25?q=%26",
    "https://portal.example/go?to=https://lain.example/x",
    "https://portal.example/кота/Ünit",
    "https://portal.example/%D0%BA%D0%BE%D1%82%D0%B0",
    "https://medium.com/@humas-samudra",
    "https://medium.com/@humas-samudra/kanal",
    "https://forum.example/users/humas?tab=posts",
    "https://forum.example/web/accounts/12",
    "https://blog.example/@humas@samudra",
    "https://www.facebook.com/groups/samudrakota/",
    "https://chat.whatsapp.com/AbCdEf",
    "https://www.instagram.com/samudrakota/",
    "https://www.www.kota.example/",
    "https://www.com/",
]


@each("platform", ["feed", "wiki", "other"])
@each("typed", SITES)
def test_a_registered_site_is_itself_and_can_be_saved_again(platform: str, typed: str) -> None:
    handle, host = clean(platform, typed, "")
    assert clean(platform, handle, host) == (handle, host)
    assert clean(platform, handle, "")[0] == handle
    account = public(platform, host, handle)
    assert verdicts(account.url, account) == ["official"]
    assert verdicts(typed, account) == ["official"]


@each(
    ("registered", "asked"),
    [
        ("portal.example/index.php?id=12", "https://portal.example/index.php?id=13"),
        ("portal.example/index.php?id=12", "https://portal.example/index.php"),
        ("portal.example/index.php?id=12", "https://portal.example/index.php?id=12&id=13"),
        ("portal.example/index.php?id=12", "https://portal.example/index.php%3Fid=12"),
        ("wiki.example/index.php?title=Kota", "https://wiki.example/index.php?title=Kota&curid=9"),
        ("portal.example/a%20b", "https://portal.example/a"),
        ("portal.example/a%2Fb", "https://portal.example/a/b"),
        ("medium.com/@humas-samudra", "https://medium.com/@humas-samudra2"),
        ("medium.com/@humas-samudra/kanal", "https://medium.com/@humas-samudra"),
        ("medium.com/@humas-samudra", "humas-samudra@medium.com"),
        ("kota.example", "https://kota.example/@penipu"),
        ("chat.whatsapp.com/AbCdEf", "https://chat.whatsapp.com/abcdef"),
        ("www.com", "https://com.example/"),
        (f"portal.example/{'a' * 184}", f"https://portal.example/{'a' * 190}"),
    ],
)
def test_another_page_of_the_same_server_is_not_the_registered_one(
    registered: str, asked: str
) -> None:
    handle, host = clean("other", registered, "")
    assert "official" not in verdicts(asked, public("other", host, handle))


@pytest.mark.parametrize("path", ["@humas", "@humas/12", "users/humas"])
def test_with_www_it_is_another_server_of_the_fediverse(path: str) -> None:
    account = public("mastodon", "mas.to", "humas")
    assert verdicts(f"https://mas.to/{path}", account) == ["official"]
    assert verdicts(f"https://www.mas.to/{path}", account) == ["similar"]
    (one,) = parse(f"https://www.mas.to/{path}")
    assert "www.mas.to" in one.shown
    assert parse(one.shown) == [one]


@pytest.mark.usefixtures("accounts")
def test_every_address_in_the_document_for_machines_is_official() -> None:
    document = json.loads(machine.document(register.now().snapshot))
    words = {"active": "official", "suspended": "suspended", "closed": "former"}
    assert {one["status"] for one in document["accounts"]} == set(words)
    for one in document["accounts"]:
        question = checking.read(one["url"], "")
        (answer,) = checking.answer(register.now().snapshot, question).answers
        assert (one["url"], answer.verdict) == (one["url"], words[one["status"]])


def test_machines_get_no_address_of_a_handle_that_was_given_up() -> None:
    account = public("x", "", "festivalsamudra")
    for released, told in ((False, "closed"), (True, "released")):
        now = replace(account, state="closed", released=released)
        snapshot = Snapshot(1, datetime(2026, 1, 1, tzinfo=UTC), (now,), (UNIT,))
        (one,) = json.loads(machine.document(snapshot))["accounts"]
        assert one["status"] == told
        assert one["url"] == (None if released else "https://x.com/festivalsamudra")


@pytest.mark.parametrize(
    ("asked", "wiki", "told"),
    [
        ("kota-samudra", "Kota_Samudra", ["the hyphen (-) stands in place of the underscore (_)"]),
        ("kotasamudra", "kotasamudra", []),
    ],
)
def test_a_name_is_compared_with_that_of_a_page_and_not_with_its_site(
    asked: str, wiki: str, told: list[str]
) -> None:
    page = public("wiki", "id.wikipedia.org", f"id.wikipedia.org/wiki/{wiki}")
    (answer,) = answered(f"https://www.linkedin.com/company/{asked}", page).answers
    assert answer.verdict == "similar"
    assert list(answer.told) == told
    assert answer.nearest == (page if told else None)


@pytest.mark.parametrize(
    ("asked", "page", "told"),
    [
        (
            "@k0tasamudra",
            "pin.example/kotasamudra/papan",
            "the digit 0 stands in place of the letter o",
        ),
        ("https://x.com/samudrak0ta", "samudrakota.example/berita", "the digit 0"),
    ],
)
def test_a_name_is_compared_with_the_part_of_an_address_that_is_like_it(
    asked: str, page: str, told: str
) -> None:
    account = public("other", page.partition("/")[0], page)
    (answer,) = answered(asked, account).answers
    assert answer.verdict == "similar"
    assert told in answer.told[0]
    assert "berita" not in " ".join(answer.told)
    assert "papan" not in " ".join(answer.told)


def test_a_page_of_a_registered_site_may_be_numbered_like_an_account() -> None:
    account = public("feed", "kota.example", "kota.example")
    assert verdicts("https://kota.example/web/accounts/12/ubah?x=1", account) == ["official"]
    assert verdicts("https://lain.example/web/accounts/12", account) == ["unknown"]


@pytest.mark.parametrize(
    "asked",
    [
        "https://portal.example/index.php?id=12&utm_source=x&fbclid=1#atas",
        "http://www.PORTAL.example/Index.php?id=12",
    ],
)
def test_what_apps_add_to_a_link_changes_nothing(asked: str) -> None:
    account = public("other", "portal.example", "portal.example/index.php?id=12")
    assert verdicts(asked, account) == ["official"]


@pytest.mark.parametrize(
    ("platform", "host", "handle", "url"),
    [
        ("mastodon", "mas.to", "humas", "https://mas.to/profile/humas"),
        ("facebook", "", "samudrakota", "https://www.facebook.com/profile.php?id=104958162837465"),
        ("youtube", "", "samudrakota", f"https://www.youtube.com/channel/{CHANNEL}"),
        ("feed", "kota.example", "kota.example/berita", "https://kota.example/"),
    ],
)
def test_an_address_that_the_register_publishes_is_official(
    platform: str, host: str, handle: str, url: str
) -> None:
    refuse_foreign_url(platform, host, handle, url)
    assert verdicts(url, public(platform, host, handle, url)) == ["official"]


@each(
    "page",
    ["//lain.example", "//0.0", "///lain.example/x", "//lain%2eexample", "/%2flain.example",
     "//3232235777", "/%255clain.example", "//lain.example%5c.html", "/x/..;/lain",
     "/x=//lain.example"],
)  # fmt: skip
def test_a_page_that_is_as_the_address_of_another_site_is_not_registered(page: str) -> None:
    with pytest.raises(AccountError) as told:
        clean("feed", f"https://kota.example{page}", "")
    assert told.value.field == "handle"
    with pytest.raises(AccountError) as told:
        refuse_foreign_url("feed", "kota.example", "kota.example", f"https://kota.example{page}")
    assert told.value.field == "url"
    clean("feed", "https://kota.example//berkas.pdf", "")


NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789._-", min_size=1, max_size=24)
ODD = st.text(max_size=20) | st.text("ßéıİΣﬁǅ·._-aB1", min_size=2, max_size=12)
HOSTS = st.sampled_from(["mas.to", "www.kota.example", "wiki.kota.example", "кота.example"])
PAGES = st.text("abAB012/@%20é?&=._-~()+:;!*,", max_size=40)
TYPED = st.one_of(
    st.tuples(
        st.sampled_from(
            ["instagram", "facebook", "x", "youtube", "tiktok", "threads", "linkedin", "telegram",
             "bluesky", "mastodon"]
        ),
        NAMES | ODD | st.builds("in/{}".format, NAMES) | st.builds("{}.bsky.social".format, NAMES)
        | st.from_regex(r"UC[A-Za-z0-9_-]{22}|[0-9]{8,15}", fullmatch=True),
        HOSTS,
    ),
    st.tuples(
        st.just("whatsapp"),
        st.builds("https://whatsapp.com/channel/{}".format, st.text("aB1_-", min_size=10)),
        st.just(""),
    ),
    st.tuples(
        st.sampled_from(["feed", "wiki", "other"]),
        st.builds("https://{}/{}".format, HOSTS, PAGES | ODD),
        st.just(""),
    ),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@example(("mastodon", "0.tiktok.Com", "mas.to"))
@example(("feed", "https://mas.to//0.0", ""))
@example(("facebook", ".00.soCiAl", ""))
@example(("facebook", "0A...", ""))
@given(TYPED)
def test_whatever_can_be_registered_checks_as_official_and_saves_as_itself(
    wanted: tuple[str, str, str],
) -> None:
    platform, typed, server = wanted
    try:
        handle, host = clean(platform, typed, server)
    except AccountError:
        return
    assert clean(platform, handle, host) == (handle, host)
    account = public(platform, host, handle)
    (one,) = answered(account.url, account).answers
    assert (one.verdict, one.leads_on_to) == ("official", "")
    refuse_foreign_url(platform, host, handle, account.url)
