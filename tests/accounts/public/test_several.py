"""Several accounts in one text: listed with commas and strokes, and addresses that hold such."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from accounts.errors import AccountError
from accounts.references import parse
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK, verdicts
from tests.cast import Cast
from tests.gathering import each

pytestmark = pytest.mark.usefixtures("published")


@each(
    ("text", "shown"),
    [
        ("@samudrakota,@penipu", ["@samudrakota", "@penipu"]),
        ("@samudrakota;@penipu", ["@samudrakota", "@penipu"]),
        ("@samudrakota/@penipu", ["@samudrakota", "@penipu"]),
        ("@samudrakota / @penipu", ["@samudrakota", "@penipu"]),
        ("samudrakota, festivalsamudra", ["@samudrakota", "@festivalsamudra"]),
        ("samudrakota,festivalsamudra,", ["@samudrakota", "@festivalsamudra"]),
        ("samudrakota\uff0cpenipu", ["@samudrakota", "@penipu"]),
        ("@a@mas.to,@b@mas.to", ["@a@mas.to", "@b@mas.to"]),
        ("https://x.com/a,https://x.com/b", ["x.com/a", "x.com/b"]),
        ("x.com/a;instagram.com/b", ["x.com/a", "instagram.com/b"]),
        ("https://instagram.com/a,@b", ["instagram.com/a", "@b"]),
        ("cek @a,@b ya", ["@a", "@b"]),
        ("@a,@b,https://t.me/cccc", ["@a", "@b", "t.me/cccc"]),
        ("samudrakota.go.id, penipu", ["@samudrakota.go.id", "@penipu"]),
    ],
)
def test_a_list_is_read_as_several(text: str, shown: list[str]) -> None:
    assert [one.shown for one in parse(text)] == shown


@each(
    ("text", "shown"),
    [
        ("https://berita.example/read/1,2,judul.html", ["berita.example/read/1,2,judul.html"]),
        ("https://peta.example/@-6.2,106.8,15z", None),
        ("https://mas.to/0,@0", ["mas.to/0,@0"]),
        ("https://situs.example/a;b=1/c", ["situs.example/a;b=1/c"]),
        ("https://mas.to/@samudrakota", ["@samudrakota@mas.to"]),
        ("mas.to/@samudrakota", ["@samudrakota@mas.to"]),
        ("https://instagram.com/satu/reels/", ["instagram.com/satu"]),
        ("Rp1,500,000", ["@Rp1,500,000"]),
        ("Dinas Kesehatan, Kota Samudra", []),
        ("halo, ini akun asli?", []),
        (",;/", []),
    ],
)
def test_everything_else_stays_whole(text: str, shown: list[str] | None) -> None:
    found = [one.shown for one in parse(text)]
    assert len(found) == 1 if shown is None else found == shown


@each(
    "text",
    [
        # A browser goes to what stands behind the "@".
        "https://instagram.com,@evil.example/samudrakota",
        "https://samudrakota.go.id,@evil.example",
        "https:///samudrakota.go.id,@evil.example/",
        "samudrakota.go.id,@evil.example",
        "samudrakota.go.id;@evil.example/x",
        "https:\\\\samudrakota.go.id,@evil.example",
        "samudrakota.go.id,x@evil.example",
        "www.samudrakota.go.id,a@evil.example",
        "samudrakota.go.id;x,@evil.example",
        "samudrakota.go.id,x,y@evil.example",
        "cek samudrakota.go.id,x@evil.example ya",
        "samudrakota.go.id;x@evil.example/masuk",
        "https://x.com/samudrakota,\t../evil",
        "https://x.com/samudrakota\t,@evil",
    ],
)
def test_a_comma_makes_no_address_official_that_leads_elsewhere(text: str) -> None:
    assert "official" not in verdicts(text)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text,halo", "ig:samudrakota"]
)
def test_what_is_no_address_is_not_shown_as_a_handle(text: str) -> None:
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert "This is neither a handle nor an address" in page
    assert f"@{text}" not in page
    with pytest.raises(AccountError, match="Paste the address"):
        read_suspect(text, "instagram")


@each(
    ("text", "shown"),
    [
        ("@samudrakota, 0812-3456-7890", ["0812-3456-7890", "@samudrakota"]),
        ("@samudrakota | 0812 3456 7890", ["0812 3456 7890", "@samudrakota"]),
        ("@samudrakota\n+62 812-3456-7890", ["+62 812-3456-7890", "@samudrakota"]),
        ("0812-3456-7890; @penipu_x", ["0812-3456-7890", "@penipu_x"]),
        ("0812-3456-7890, 0813-1111-2222", ["0812-3456-7890", "0813-1111-2222"]),
        ("hubungi 081234567890 ya", ["081234567890"]),
        ("https://x.com/samudrakota/status/081234567890", ["x.com/samudrakota"]),
        ("@081234567890", ["@081234567890"]),
        ("rapat 08-11-2026 jam 12 di @samudrakota", ["@samudrakota"]),
    ],
)
def test_a_number_beside_an_account_is_not_lost(text: str, shown: list[str]) -> None:
    found = parse(text)
    assert [one.shown for one in found] == shown
    assert parse(" ".join(one.again for one in found)) == found


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("@samudrakota, bpbd kota samudra", True),
        ("@samudrakota, javascript:alert(1)", True),
        ("@a1,@b1,@c1,@d1,@samudrak0ta,@samudrakota,@z1", True),
        ("@samudrakota, @penipu", False),
        ("@samudrakota, 0812-3456-7890", False),
        ("dinas kesehatan", False),
    ],
)
def test_what_was_not_checked_is_said(text: str, is_told: bool) -> None:
    page = Client().get(CHECK, {"q": text, "lang": "en"}).content.decode()
    assert ("Only what stands below was checked" in page) is is_told


def test_a_report_is_of_an_account_or_of_a_number() -> None:
    with pytest.raises(AccountError, match="one account or number at a time"):
        read_suspect("@penipu_x9 0812-9999-1111", "x")


def test_an_id_of_bluesky_has_colons(cast: Cast) -> None:
    official(cast, "bluesky", "dinkes.bsky.social", platform_id="did:plc:abc")
    assert verdicts("did:plc:abc", "bluesky") == ["official"]
    assert verdicts("did:plc:abc") == ["official"]
    assert verdicts("did:plc:xyz") == ["unknown"]


def test_a_website_in_a_list_is_a_website() -> None:
    assert verdicts("samudrakota.go.id, dapurbunda") == ["official", "unknown"]
    page = Client().get(CHECK, {"q": "situslain.go.id, @dapur.id", "lang": "en"}).content.decode()
    assert "The website situslain.go.id is not in this register" in page
    assert "@dapur.id is not known to the register" in page


def test_a_long_list_is_read_at_once() -> None:
    began = time.process_time()
    for text in ("a,", "@a/", "a.b,@", ",", "https://a.b/,", "a.b.c.d-", "@a;@" + "x" * 30):
        parse(text * 10_000)
    assert time.process_time() - began < 2
