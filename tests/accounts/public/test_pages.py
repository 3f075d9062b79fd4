"""The pages of the public register: the same for everybody, without a trace of who looks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_http_date

from accounts.models import OfficialAccount, PublicListing, Unit
from accounts.public import loading, machine
from accounts.public.register import register
from govsocial.platforms.feed.client import identity_of
from tests.accounts.care.conftest import attest, make_period
from tests.accounts.public.conftest import official
from tests.cast import Cast
from tests.gathering import each

Accounts = dict[str, OfficialAccount]


def code_of(account: OfficialAccount) -> str:
    return PublicListing.objects.get(pk=account.pk).code


def pages(accounts: Accounts) -> dict[str, str]:
    code = code_of(accounts["instagram"])
    return {
        "list": reverse("official:register_list"),
        "check": reverse("official:account_check") + "?q=@samudrakota",
        "account": reverse("official:account_detail", args=[code]),
        "sheet": reverse("official:account_sheet", args=[code]) + "?size=a6",
        "qr": reverse("official:account_qr", args=[code]),
        "json": reverse("official:register_json"),
        "schema": reverse("official:register_schema"),
    }


NAMES = ["list", "check", "account", "sheet", "qr", "json", "schema"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", [None, "bayu"])
def test_a_kept_page_costs_no_query_and_sets_no_cookie(
    accounts: Accounts, client_as: Callable[[object], Client], who: str | None, name: str
) -> None:
    client, url = client_as(who), pages(accounts)[name]
    # One for the version, two to read the register: once per change, not per visitor.
    with CaptureQueriesContext(
        connection,
    ) as first:
        answer = client.get(url)
    assert answer.status_code == 200
    # The number of the copy before and after, and what is in it.
    assert len(first) <= 4
    with CaptureQueriesContext(connection) as second:
        again = client.get(url)
    assert len(second) == 0
    assert again.content == answer.content
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers["Vary"]


def test_looking_for_a_change_costs_one_query(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = Client(), reverse("official:register_list")
    client.get(url)
    monkeypatch.setattr("accounts.public.register.LOOK_EVERY", 0.0)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len(queries) == 1


def test_a_signed_in_person_gets_what_everybody_gets(
    accounts: Accounts, client_as: Callable[[object], Client]
) -> None:
    for url in pages(accounts).values():
        assert client_as("bayu").get(url).content == Client().get(url).content


@pytest.mark.parametrize("name", NAMES)
def test_nothing_internal_is_in_a_page(accounts: Accounts, cast: Cast, name: str) -> None:
    account = accounts["instagram"]
    OfficialAccount.objects.filter(pk=account.pk).update(
        person_in_charge=cast.dwi, recovery_email_holder="Pemegang Surel"
    )
    OfficialAccount.objects.filter(pk=accounts["closed"].pk).update(closed_reason="RAHASIA")
    page = Client().get(pages(accounts)[name]).content.decode()
    for secret in ("Dwi", "Pemegang Surel", "RAHASIA", "usulanrahasia", "takpernahdipakai"):
        assert secret not in page
    assert f"/official-accounts/{account.pk}" not in page
    assert "csrf" not in page


def test_every_page_has_the_headers_of_the_application(accounts: Accounts) -> None:
    for url in pages(accounts).values():
        answer = Client().get(url)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-ID"]
        assert answer.headers["Content-Length"] == str(len(answer.content))


def test_the_language_stands_in_the_address_and_stays_in_links(accounts: Accounts) -> None:
    client = Client()
    client.cookies[live_settings.LANGUAGE_COOKIE_NAME] = "en"
    indonesian = client.get(reverse("official:register_list"))
    english = client.get(reverse("official:register_list"), {"lang": "en"})
    assert 'lang="id"' in indonesian.content.decode()
    page = english.content.decode()
    assert 'lang="en"' in page
    inside = [
        link
        for link in re.findall(r'href="(/official/[^"]*)"', page)
        if not link.endswith(".json") and "hreflang" not in link
    ]
    # The way to the other language, in the head and on the page.
    assert [link for link in inside if "lang=en" not in link] == ["/official/"] * 2
    assert '<input type="hidden" name="lang" value="en">' in page
    assert client.get(reverse("official:register_list"), {"lang": "xx"}).status_code == 200


@pytest.mark.parametrize("size", ["a4", "a6"])
@pytest.mark.parametrize(("which", "status"), [("x", 200), ("suspended", 404), ("closed", 404)])
def test_only_an_account_in_use_has_a_sheet_to_put_up(
    accounts: Accounts, which: str, status: int, size: str
) -> None:
    code = code_of(accounts[which])
    sheet = reverse("official:account_sheet", args=[code])
    page = Client().get(reverse("official:account_detail", args=[code]))
    assert page.status_code == 200
    assert (sheet in page.content.decode()) is (status == 200)
    # Each part of the address in one piece, which is copied from paper.
    assert (f"<span>{code}/</span><wbr>" in page.content.decode()) is (status == 200)
    assert Client().get(sheet, {"size": size}).status_code == status


def test_closed_accounts_stay_with_their_date_and_come_last(accounts: Accounts) -> None:
    page = Client().get(reverse("official:register_list"), {"lang": "en"}).content.decode()
    assert re.search(r"No longer used</span>\s*<span[^>]*>since 31 March 2026<", page)
    assert "Suspended for now" in page
    assert page.index("samudralama") > page.index("@samudrakota")
    detail = Client().get(
        reverse("official:account_detail", args=[code_of(accounts["closed"])]), {"lang": "en"}
    )
    assert "not said by the agency" in detail.content.decode()
    assert "https://t.me/samudralama" not in detail.content.decode()


@each(
    ("query", "found"),
    [
        ({"search": "@SamudraKota"}, 7),
        ({"search": "dinas kesehatan"}, 1),
        ({"search": "tidak ada"}, 0),
        ({"platform": "instagram"}, 1),
        ({"platform": "nothing", "unit": "nothing"}, 0),
        ({"unit": "dinkes"}, 1),
        ({"unit": "kota-samudra"}, 8),
        ({"search": "\0\u200b%s<script>" * 100}, 0),
        ({"page": "999999999999999999999"}, 8),
        ({"page": "-1"}, 8),
    ],
)
def test_the_list_is_searched_and_filtered(
    accounts: Accounts, query: dict[str, str], found: int
) -> None:
    answer = Client().get(reverse("official:register_list"), query)
    assert answer.status_code == 200
    assert answer.content.decode().count('<th scope="row">') == found
    assert "<script>" not in answer.content.decode()


def test_a_long_list_has_pages(cast: Cast) -> None:
    for number in range(60):
        official(cast, "x", f"dinas_{number}")
    first = Client().get(reverse("official:register_list"), {"platform": "x"}).content.decode()
    assert first.count('<th scope="row">') == 50
    assert "page=2" in first
    second = Client().get(reverse("official:register_list"), {"page": "2"}).content.decode()
    assert second.count('<th scope="row">') == 10


def test_an_empty_register_says_so(cast: Cast) -> None:
    page = Client().get(reverse("official:register_list"), {"lang": "en"}).content.decode()
    assert "No official account is listed yet" in page


@pytest.mark.parametrize("size", [10, 400])
def test_the_size_of_the_register_changes_no_number_of_queries(cast: Cast, size: int) -> None:
    for number in range(size):
        official(cast, "x", f"dinas_{number}", unit=cast.dinkes if number % 2 else cast.city)
    with CaptureQueriesContext(connection) as queries:
        Client().get(reverse("official:register_list"))
    assert len(queries) == 4


@pytest.mark.parametrize(
    "path",
    [
        "/official/accounts/nothing/",
        "/official/accounts/1/",
        "/official/x/y/",
        "/official/accounts/",
    ],
)
def test_what_is_not_there_says_what_that_means(accounts: Accounts, path: str) -> None:
    answer = Client().get(path, {"lang": "en"})
    assert answer.status_code == 404
    assert "not in the register" in answer.content.decode()


def test_a_lost_stroke_is_put_back(accounts: Accounts) -> None:
    answer = Client().get("/official/check?q=@a")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/official/check/?q=@a")
    assert Client().get("/official").status_code == 301


def test_only_reading_is_offered(accounts: Accounts) -> None:
    for url in pages(accounts).values():
        assert Client().post(url).status_code == 405


def test_the_qr_code_leads_to_the_page_of_the_account(accounts: Accounts) -> None:
    answer = Client().get(pages(accounts)["qr"])
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<?xml")
    assert b"<script" not in answer.content


def test_a_name_cannot_break_out_of_a_page(cast: Cast) -> None:
    bad = '"><script>alert(1)</script>'
    account = official(cast, "x", "kota", display_name=bad, purpose=bad, decree_number=bad)
    with connection.cursor() as cursor:
        # As a row may be that is older than the rule.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        rule = "official_account_url_is_of_the_web"
        cursor.execute(f"ALTER TABLE accounts_officialaccount DROP CONSTRAINT {rule}")
    OfficialAccount.objects.filter(pk=account.pk).update(url="javascript:alert(1)")
    for url in pages({"instagram": account}).values():
        answer = Client().get(url)
        if answer.headers["Content-Type"].startswith("text/html"):
            assert b"<script" not in answer.content
        assert b"javascript:" not in answer.content


def test_official_json_is_what_its_schema_says(accounts: Accounts) -> None:
    answer = Client().get(reverse("official:register_json"))
    data: dict[str, Any] = json.loads(answer.content)
    machine.RegisterDocument.model_validate_json(answer.content)
    assert data["version"] == "1.0"
    assert data["agency"] == "Kota Samudra"
    assert {one["platform"] for one in data["accounts"]} == {
        "instagram", "x", "facebook", "youtube", "feed", "mastodon", "threads", "telegram",
    }  # fmt: skip
    units = {unit["id"] for unit in data["units"]}
    assert {one["unit"] for one in data["accounts"]} <= units
    for one in data["accounts"]:
        own = one["page"].removeprefix(live_settings.SITE_URL)
        assert own == reverse("official:account_detail", args=[one["id"]])
        assert Client().get(own).status_code == 200
    closed = next(one for one in data["accounts"] if one["handle"] == "samudralama")
    assert (closed["status"], closed["closed_on"]) == ("closed", "2026-03-31")
    schema = json.loads(Client().get(reverse("official:register_schema")).content)
    assert set(schema["required"]) == set(data)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_nobody_is_told_a_digest_of_the_key_in_the_address_of_a_feed(accounts: Accounts) -> None:
    digest = identity_of("?unit=ZZZ&key=RAHASIA").removeprefix("#")
    for platform in ("feed", "x"):
        OfficialAccount.objects.filter(platform=platform).update(platform_id=f"a.id/feed#{digest}")
    of = {
        one["platform"]: one["platform_id"]
        for one in json.loads(Client().get(reverse("official:register_json")).content)["accounts"]
    }
    # Of others it is the platform's own, whatever stands in it.
    assert (of["feed"], of["x"]) == ("a.id/feed", f"a.id/feed#{digest}")
    (listed,) = [one for one in register.now().snapshot.accounts if one.platform == "feed"]
    assert digest not in f"{listed!r} {listed.found_by}"


@pytest.mark.parametrize("name", ["json", "list"])
def test_what_the_client_has_is_not_sent_again(accounts: Accounts, name: str) -> None:
    client, url = Client(), pages(accounts)[name]
    plain, packed = client.get(url), client.get(url, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert not plain.headers["ETag"].startswith("W/")
    assert packed.headers["Content-Encoding"] == "gzip"
    for known in (plain.headers["ETag"], "*", f'"x", W/{plain.headers["ETag"]}'):
        again = client.get(url, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == plain.headers["ETag"]
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


@each(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, GZIP;Q=0.5", "public"),
        ("gzip;q=1.000, *;q=0", True),
        ("identity;q=1, gzip ; q=0.001", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("gzip;q=0.000", False),
        ("gzip;q=", False),
        ("gzip;q=-1", False),
        ("gzip;q=nan", False),
        ("gzip;q=1e9", False),
        ("gzip;x=1", False),
        ("x-gzip-not", False),
        ("br", False),
        ("*", False),
        ("", False),
    ],
)
@each("where", ["public", "signing in"])
def test_an_answer_is_packed_only_for_who_takes_it(
    accounts: Accounts, where: str, accepted: str, packed: bool | str
) -> None:
    url = pages(accounts)["json"] if where == "public" else reverse("account_login")
    answer = Client().get(url, headers={"Accept-Encoding": accepted})
    assert answer.status_code == 200
    assert ("Content-Encoding" in answer.headers) is (packed in {True, where})
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_official_json_says_when_it_last_changed(accounts: Accounts) -> None:
    answer = Client().get(reverse("official:register_json"))
    assert parse_http_date(answer.headers["Last-Modified"])
    # Only the tag tells: a second change may follow within the second, or before the next look.
    since = {"If-Modified-Since": answer.headers["Last-Modified"]}
    again = Client().get(reverse("official:register_json"), headers=since)
    assert (again.status_code, again.content) == (200, answer.content)
    since["If-None-Match"] = answer.headers["ETag"]
    assert Client().get(reverse("official:register_json"), headers=since).status_code == 304


def test_the_last_confirmation_is_shown_as_soon_as_it_is_made(
    accounts: Accounts, cast: Cast
) -> None:
    # Asked in another language: a page is kept as long as the register's version, which is raised
    # at commit, and this test rolls back.
    before = Client().get(pages(accounts)["account"], {"lang": "id"}).content.decode()
    assert "Terakhir dikonfirmasi" not in before
    OfficialAccount.objects.filter(platform="instagram").update(person_in_charge=cast.sari)
    make_period(cast.bayu)
    attest(cast.sari, OfficialAccount.objects.get(platform="instagram"))
    register.forget()
    page = Client().get(pages(accounts)["account"], {"lang": "en"}).content.decode()
    assert "Last confirmed by its unit" in page
    assert register.now().snapshot.account(code_of(accounts["x"])).attested_on is None  # type: ignore[union-attr]  # it is there


def test_the_confirmation_of_another_unit_is_told_as_its_own(
    accounts: Accounts, cast: Cast
) -> None:
    account = OfficialAccount.objects.filter(platform="instagram")
    account.update(person_in_charge=cast.sari)
    make_period(cast.bayu)
    attest(cast.sari, account.get())
    called, code = cast.diskominfo.name, code_of(accounts["instagram"])

    def said_elsewhere() -> str:
        found = loading.load(1, timezone.now()).account(code)
        assert found is not None
        return found.attested_by

    Unit.objects.filter(pk=cast.diskominfo.pk).update(name="Dinas Komunikasi")
    assert said_elsewhere() == "", "it is the same unit, by another name"
    account.update(unit=cast.dinkes, person_in_charge=None)
    Unit.objects.filter(pk=cast.dinkes.pk).update(name=called)
    assert said_elsewhere() == called, "it is another unit of the same name"
    register.forget()
    page = Client().get(pages(accounts)["account"], {"lang": "en"}).content.decode()
    assert "Last confirmed by its unit" not in page
    assert f"as an account of {called}" in page
    listed = Client().get(reverse("official:register_json")).json()["accounts"]
    assert [one["attested_on"] for one in listed if one["id"] == code] == [None]
