"""The name of a website without https://, beside which somebody chose that it is a website."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.errors import AccountError
from accounts.models import ImpersonationReport
from accounts.public import checking
from accounts.public.answers import Answer
from accounts.public.snapshot import PublicAccount, Snapshot
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK
from tests.accounts.public.test_published import UNIT, public
from tests.accounts.public.test_reports import _stamp_of, send
from tests.accounts.test_suspect_words import received
from tests.cast import Cast
from tests.gathering import each

GOVERNMENT = public("feed", "kotasamudra.go.id", "kotasamudra.go.id")
SITE = public("feed", "samudrakota.example", "samudrakota.example")
HANDLE = public("instagram", "", "samudrakota")
ALL = (GOVERNMENT, SITE, HANDLE)
CHOSEN = ["feed", "wiki", "other"]
NAMES = {
    "kotasamudra.go.id": "official",
    "www.kotasamudra.go.id": "official",
    "WWW.KotaSamudra.go.id": "official",
    "www.samudrakota.example": "official",
    "kotasamudra.go.id.": "official",
    "\uff57ww.kotasamudra.go.id": "official",
    "ppid.kotasamudra.go.id": "unknown",
    "bantuan.samudrakota.example": "unknown",
    "samudrakota.go.id": "unknown",
    "samudrakota.id": "similar",
    "samudrakota.com": "similar",
    "kotasamudra.co": "similar",
    "s\u0430mudrakota.example": "similar",
    "kotasamudra..go.id": "similar",
    "tokobudi.example": "unknown",
    "instagrarn.com": "unknown",
}


def about(text: str, platform: str, *accounts: PublicAccount) -> Answer:
    listed = tuple(replace(one, code=f"kode{place}") for place, one in enumerate(accounts))
    snapshot = Snapshot(1, datetime(2026, 1, 1, tzinfo=UTC), listed, (UNIT,))
    (found,) = checking.answer(snapshot, checking.read(text, platform)).answers
    return found


def told(answer: Answer) -> tuple[object, ...]:
    above = answer.site_above.handle if answer.site_above else ""
    return answer.verdict, above, [one.handle for one in answer.listed]


@pytest.fixture
def registered(cast: Cast) -> None:
    official(cast, "feed", "kotasamudra.go.id", host="kotasamudra.go.id")


@each(("name", "verdict"), list(NAMES.items()))
def test_whether_it_is_chosen_that_it_is_a_website_changes_nothing(name: str, verdict: str) -> None:
    asked = told(about(name, "", *ALL))
    assert asked[0] == verdict
    for platform in CHOSEN:
        assert told(about(name, platform, *ALL)) == asked
        # Registered as any of them it is the same.
        as_that = [replace(one, platform=platform) for one in (GOVERNMENT, SITE)]
        assert about(name, platform, *as_that, HANDLE).verdict == verdict


@each("name", ["ppid.kotasamudra.go.id", "bantuan.samudrakota.example", "kotasamudra.go.id:8443"])
def test_of_a_part_the_website_above_is_told(name: str) -> None:
    above = about(name, "feed", *ALL).site_above
    assert above is not None
    assert above.handle in name


@each("platform", CHOSEN)
@each(
    "name",
    [
        # With these signs it is no name of a site, wherever a browser would go.
        "@penipu.example@x@kotasamudra.go.id",
        "@kotasamudra.go.id%5C.penipu.example",
        "@kotasamudra.go.id%2F.penipu.example",
        "@penipu.example%23.kotasamudra.go.id",
        "kotasamudra.go.id.penipu.example",
        "www-kotasamudra.go.id",
        # Who says that it is a website does not ask about the handle of that name.
        "dinkes.id",
        "www.dinkes.id",
    ],
)
def test_nothing_else_becomes_official(name: str, platform: str) -> None:
    found = about(name, platform, *ALL, public("instagram", "", "dinkes.id"))
    assert found.verdict != "official"


@each("platform", ["instagram", "x", "telegram"])
def test_on_other_platforms_it_stays_a_handle(platform: str) -> None:
    found = about("www.kotasamudra.go.id", platform, *ALL)
    assert (found.verdict, found.reference.platform) == ("similar", platform)


def test_a_name_without_a_point_is_still_looked_for_among_the_websites() -> None:
    found = about("kotasamudra", "feed", *ALL)
    assert (found.verdict, found.is_one_account) == ("official", False)


@pytest.mark.usefixtures("registered")
def test_the_page_says_so_and_keeps_what_was_chosen() -> None:
    asked = {"platform": "feed", "lang": "en"}
    page = Client().get(CHECK, {**asked, "q": "www.kotasamudra.go.id"}).content.decode()
    assert "verdict-official" in page
    assert "added “www.”" not in page
    assert "does not represent the agency" not in page
    page = Client().get(CHECK, {**asked, "q": "ppid.kotasamudra.go.id"}).content.decode()
    assert "It is a part of the official website kotasamudra.go.id, which is." in page


@pytest.mark.usefixtures("registered")
@each("platform", CHOSEN)
@each("name", ["kotasamudra.go.id", "www.kotasamudra.go.id", "WWW.KotaSamudra.go.id."])
def test_no_report_takes_an_official_website_for_a_fake(name: str, platform: str) -> None:
    with pytest.raises(AccountError, match=r"This website is official: kotasamudra\.go\.id"):
        received(name, platform)


@pytest.mark.usefixtures("registered")
def test_the_form_says_so_beside_the_suspect() -> None:
    answer = send(_stamp_of(60), suspect="www.kotasamudra.go.id", platform="feed")
    assert answer.status_code == 422
    assert 'id="id_suspect_error"' in answer.content.decode()
    assert not ImpersonationReport.objects.exists()


@each("platform", CHOSEN)
@each("name", ["kotasamudra.co", "www.kotasamudra.co", "penipu.example", "penipu.bsky.social"])
def test_reports_about_one_website_meet_however_it_was_named(name: str, platform: str) -> None:
    bare, whole = read_suspect(name, platform), read_suspect(f"https://{name}/", "")
    assert (bare.platform, bare.shown, bare.key) == (whole.platform, whole.shown, whole.key)
